/** Members of answers that stay empty here, and why. */
export const UNFILLED = [{ match: /\.NextToken$/, why: 'there only where a list goes on' }];
