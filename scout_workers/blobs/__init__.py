"""Where images lie: a folder or an S3 bucket, behind one protocol."""
