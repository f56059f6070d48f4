"""Amazon Bedrock: boto3 finds credentials, signs and parses; sending is the network floor's.

provider       Converse: questions with pictures and a schema
embedding      Titan and Cohere by InvokeModel
client         the SDK's clients, made when they are first needed
failures       what its errors mean
"""

from scout_workers.llm.bedrock.provider import BedrockProvider

__all__ = ["BedrockProvider"]
