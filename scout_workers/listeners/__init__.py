"""Who is told of events: webhooks and SNS topics, each by itself.

    listener.tell(event)         once, within its time; raises ListenerError, and nothing else

ScoutError
└── ListenerError                it did not take the event: why, in words without a secret
"""
