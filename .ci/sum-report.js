/**
 * Prints "passed failed" of a report of jest: `node .ci/sum-report.js report.json exit-status`. A suite that could not run
 * at all counts as one failure, and so does a run that failed without any failed test.
 */
import { readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const report = JSON.parse(readFileSync(file ?? '', 'utf8'));
const broken = report.numRuntimeErrorTestSuites;
const failed = report.numFailedTests + broken;
console.log(`${report.numPassedTests} ${failed === 0 && status !== '0' ? 1 : failed}`);
