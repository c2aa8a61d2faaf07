/** The yardstick: an express handler that reads two rows by their keys and answers with given bytes. */
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import express from 'express';

const [, , file, bodyFile, stackId, templateId] = process.argv;
const db = new Database(file, { readonly: true });
const stack = db.prepare('select * from stacks where id = ?');
const template = db.prepare('select * from templates where id = ?');
const body = readFileSync(bodyFile);
const application = express();
application.disable('x-powered-by');
application.disable('etag');
application.get('/stack', (_request, response) => {
  if (!stack.get(stackId) || !template.get(templateId)) throw new Error('a row is missing');
  response.set('content-type', 'application/json').send(body);
});
const server = application.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/stack`));
