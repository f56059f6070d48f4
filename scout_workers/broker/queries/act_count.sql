-- So many more messages of an act, in the commit that does it to them.
UPDATE {schema}.operator_act SET messages = messages + %(messages)s WHERE id = %(id)s
