"""CDK cloud assemblies, the output of `cdk synth`. Neither Node nor the CDK CLI is needed."""
