"""List prices of us-east-1, in USD, without free tiers and discounts, as AWS's price pages gave them in November 2026.

Another region: change the numbers here and run `make bench` again.
"""

from __future__ import annotations

MILLION = 1_000_000
GB = 1_000_000_000

# https://aws.amazon.com/api-gateway/pricing: HTTP APIs, the first 300 million requests of a month.
HTTP_REQUEST = 1.00 / MILLION
# https://aws.amazon.com/lambda/pricing: arm64, which template.yaml deploys by default.
LAMBDA_REQUEST = 0.20 / MILLION
LAMBDA_GB_SECOND = 0.0000133334
# https://aws.amazon.com/dynamodb/pricing/on-demand: units, and a month of a gigabyte with point-in-time recovery.
WRITE_UNIT = 0.625 / MILLION
READ_UNIT = 0.125 / MILLION
STORED_GB_MONTH = 0.25 + 0.20
# https://aws.amazon.com/cloudwatch/pricing. Logs are kept compressed; CloudWatch counts 26 bytes for each line on top of its text.
LOGGED_GB = 0.50
LOG_STORED_GB_MONTH = 0.03
LOG_COMPRESSED = 0.15
LOG_LINE_BYTES = 26
METRIC_MONTH = 0.30
ALARMED_METRIC_MONTH = 0.10
DASHBOARD_MONTH = 3.00
# https://aws.amazon.com/kms/pricing: asymmetric requests other than RSA 2048, and a key.
SIGNATURE = 0.15 / 10_000
KEY_MONTH = 1.00
# https://aws.amazon.com/secrets-manager/pricing
SECRET_MONTH = 0.40
SECRET_READ = 0.05 / 10_000
# https://aws.amazon.com/sqs/pricing
QUEUE_REQUEST = 0.40 / MILLION
# https://aws.amazon.com/ec2/pricing/on-demand: to the internet.
DATA_OUT_GB = 0.09
# https://aws.amazon.com/ses/pricing: an email, and what is attached to it.
EMAIL = 0.10 / 1000
ATTACHED_GB = 0.12
# https://aws.amazon.com/cognito/pricing: Essentials, which the pre-token trigger needs (`V2_0`); each user who is active in a month.
ACTIVE_USER = 0.015
