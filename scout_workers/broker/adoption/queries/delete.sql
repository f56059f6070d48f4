-- Delete rows that are in the other database now; the transaction holds them locked.
DELETE FROM {table} WHERE message_id = ANY (%(ids)s)
