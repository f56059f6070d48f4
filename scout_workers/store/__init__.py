"""What we remember: one function, one statement, on the transaction it is given."""
