"""HTTP in which every request ends in time, within its size, and is whole or fails.

    operation      bounded(): how long, how much, and every socket in use, cut by the watchdog
    connections    urllib3's connections, shown to the operation before they can block
    transport      one request, one whole answer
    sdk            the same for botocore's signed requests; sdk_failures: what its errors mean
    failures       what an error means: its class, and whether anything was sent at all
    trust proxies  who vouches for the other side, and what stands in between

Blobs in S3 and the model providers are reached through this floor, and nothing else leaves the
process over HTTP.

urllib3.exceptions.HTTPError   everything the network can do
└── TooLongError               the answer is longer than was asked for
deadline.DeadlineExceeded      the operation's time is spent
"""
