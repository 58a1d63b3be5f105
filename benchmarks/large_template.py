"""A CloudFormation template of any size that is the same in every run, in YAML or JSON.

Of every ten resources seven hold a policy, and functions, aliases, comments and block scalars stand
in them as people write them: twenty lines a resource.
"""

from __future__ import annotations

_HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: An application with many workers
Parameters:
  Stage:
    Type: String
    Default: dev
    AllowedValues: [dev, test, prod]
  KeyArn:
    Type: String
Conditions:
  IsProduction: !Equals [!Ref Stage, prod]
Resources:
"""

_WORKER = """\
  # Worker {n}
  Table{n}:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: !Sub "orders-${{Stage}}-{n}"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - AttributeName: id
          AttributeType: S
        - AttributeName: created
          AttributeType: N
      KeySchema:
        - AttributeName: id
          KeyType: HASH
        - AttributeName: created
          KeyType: RANGE
      Tags:
        - Key: stage
          Value: !Ref Stage
        - Key: owner
          Value: 'team {n}'
  Bucket{n}:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault:
              SSEAlgorithm: aws:kms
              KMSMasterKeyID: !Ref KeyArn
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
      LifecycleConfiguration:
        Rules:
          - Id: expire
            Status: Enabled
            ExpirationInDays: 365
      Tags:
        - Key: stage
          Value: !Ref Stage
        - Key: owner
          Value: 'team {n}'
  BucketPolicy{n}:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket{n}
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: TlsOnly
            Effect: Deny
            Principal: "*"
            Action: s3:*
            Resource:
              - !GetAtt Bucket{n}.Arn
              - !Sub "${{Bucket{n}.Arn}}/*"
            Condition:
              Bool:
                aws:SecureTransport: false
  Role{n}:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              Service: lambda.amazonaws.com
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - !Sub "arn:${{AWS::Partition}}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
      Policies:
        - PolicyName: !Sub "worker-{n}-${{Stage}}"
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Sid: Orders
                Effect: Allow
                Action:
                  - dynamodb:GetItem
                  - dynamodb:PutItem
                  - dynamodb:Query
                Resource:
                  - !GetAtt Table{n}.Arn
                  - !Join ["/", [!GetAtt Table{n}.Arn, "index", "*"]]
              - Sid: Objects
                Effect: Allow
                Action: [s3:GetObject, s3:PutObject]
                Resource: !Sub "${{Bucket{n}.Arn}}/*"
  Function{n}:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.12
      Role: !GetAtt Role{n}.Arn
      MemorySize: !If [IsProduction, 1024, 256]
      Timeout: 30
      Environment:
        Variables:
          TABLE: !Ref Table{n}
          BUCKET: !Ref Bucket{n}
          STAGE: !Ref Stage
          LOG_LEVEL: INFO
      TracingConfig:
        Mode: Active
      Tags:
        - Key: stage
          Value: !Ref Stage
        - Key: owner
          Value: 'team {n}'
      Code:
        ZipFile: |
          import boto3

          def handler(event, context):
              return boto3.client("s3").list_buckets()
  Permission{n}:
    Type: AWS::Lambda::Permission
    Properties:
      FunctionName: !Ref Function{n}
      Action: lambda:InvokeFunction
      Principal: events.amazonaws.com
      SourceArn: !Sub "arn:${{AWS::Partition}}:events:${{AWS::Region}}:${{AWS::AccountId}}:rule/{n}"
  Queue{n}:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: jobs-{n}
      VisibilityTimeout: 60
      MessageRetentionPeriod: 1209600
      KmsMasterKeyId: alias/aws/sqs
  QueuePolicy{n}:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues:
        - !Ref Queue{n}
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: Topic
            Effect: Allow
            Principal:
              Service: sns.amazonaws.com
            Action:
              - sqs:SendMessage
              - sqs:GetQueueAttributes
            Resource: !GetAtt Queue{n}.Arn
            Condition:
              ArnLike:
                aws:SourceArn: !Sub "arn:aws:sns:${{AWS::Region}}:${{AWS::AccountId}}:topic-{n}"
  Policy{n}:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: operators-{n}
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: ReadLogs
            Effect: Allow
            Action:
              - logs:FilterLogEvents
              - logs:GetLogEvents
              - logs:DescribeLogStreams
            Resource: !Sub "arn:aws:logs:*:${{AWS::AccountId}}:log-group:/aws/lambda/worker-{n}:*"
          - Sid: Restart
            Effect: Allow
            Action: lambda:UpdateFunctionConfiguration
            Resource: !GetAtt Function{n}.Arn
            Condition:
              StringEquals:
                aws:PrincipalTag/team: "{n}"
  Key{n}:
    Type: AWS::KMS::Key
    Condition: IsProduction
    Properties:
      Description: Key of worker {n}
      EnableKeyRotation: true
      KeyPolicy:
        Version: "2012-10-17"
        Id: key-{n}
        Statement:
          - Sid: Administration
            Effect: Allow
            Principal:
              AWS: !Sub "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:root"
            Action: kms:*
            Resource: "*"
          - Sid: Use
            Effect: Allow
            Principal:
              AWS: !GetAtt Role{n}.Arn
            Action:
              - kms:Encrypt
              - kms:Decrypt
              - kms:GenerateDataKey
            Resource: "*"
"""


def large_template(resources: int = 500) -> str:
    """The YAML text of a template with so many resources, a multiple of ten."""
    return _HEAD + "".join(_WORKER.format(n=n) for n in range(resources // 10))
