"""One message, one file, all with the same silhouette: begin, call, receipt, finish."""
