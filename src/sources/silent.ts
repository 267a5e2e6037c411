/** A logger for clients of the AWS SDK: what fails is thrown, and the SDK would tell the console too. */
export const silent = { debug() {}, info() {}, warn() {}, error() {} };
