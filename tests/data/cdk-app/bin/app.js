const cdk = require('aws-cdk-lib');
const { Storage } = require('../lib/storage');
const { Service } = require('../lib/service');

const app = new cdk.App();
const env = { account: '111122223333', region: 'eu-west-1' };
const storage = new Storage(app, 'Storage', { env });
new Service(app, 'Service', { env, bucket: storage.bucket });

class Production extends cdk.Stage {
  constructor(scope, id, props) {
    super(scope, id, props);
    const storage = new Storage(this, 'Storage');
    new Service(this, 'Service', { bucket: storage.bucket });
  }
}
new Production(app, 'Production', { env });
app.synth();
