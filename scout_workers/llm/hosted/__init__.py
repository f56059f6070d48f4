"""What the providers that are reached over a network share.

question       what is asked: prompt, data, pictures, schema; the same for every provider
data           facts as JSON that nothing in them can break out of
provider       the five questions, put to whatever `ask` a provider has
client         JSON over the network floor; every failure a ModelError
failures       what an answer's status and words mean
vectors        lists of floats, as many as there are texts
retry_after    how long the other side wants to be left alone
"""
