// Beside the codec: texts and stacks of failures are payloads too, and so encrypted where there are payload keys.
// Temporal's SDK loads it by its path, in workers, clients and workflows, and so cannot take TypeScript.
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
