export const pem = '-----BEGIN PRIVATE KEY-----';
