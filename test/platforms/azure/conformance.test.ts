import { conforms } from '../protocol-conformance.ts';
import { azureConnection } from './support.ts';

conforms('azure, v1', (url) => azureConnection(url));
conforms('azure, older surface', (url) => azureConnection(url, { apiVersion: '2024-10-21' }));
