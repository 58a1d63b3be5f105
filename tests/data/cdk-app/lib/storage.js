const cdk = require('aws-cdk-lib');
const iam = require('aws-cdk-lib/aws-iam');
const s3 = require('aws-cdk-lib/aws-s3');
const kms = require('aws-cdk-lib/aws-kms');

class Storage extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    this.key = new kms.Key(this, 'Key');
    this.bucket = new s3.Bucket(this, 'Bucket', { encryptionKey: this.key });
    this.bucket.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.AnyPrincipal()],
      actions: ['s3:GetObject'],
      resources: [this.bucket.arnForObjects('public/*')],
    }));
  }
}

module.exports = { Storage };
