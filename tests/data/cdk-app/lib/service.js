const cdk = require('aws-cdk-lib');
const iam = require('aws-cdk-lib/aws-iam');
const sns = require('aws-cdk-lib/aws-sns');

class Alerts extends cdk.NestedStack {
  constructor(scope, id, props) {
    super(scope, id, props);
    this.topic = new sns.Topic(this, 'Topic');
    this.topic.grantPublish(props.publisher);
    this.topic.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('events.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [this.topic.topicArn],
    }));
  }
}

class Service extends cdk.Stack {
  constructor(scope, id, props) {
    super(scope, id, props);
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'),
    });
    props.bucket.grantRead(role);
    const alerts = new Alerts(this, 'Alerts', { publisher: role });
    new iam.ManagedPolicy(this, 'Monitoring', {
      statements: [new iam.PolicyStatement({
        actions: ['sns:Subscribe'],
        resources: [alerts.topic.topicArn],
      })],
    });
  }
}

module.exports = { Service };
