/** What single templates want besides their files: environments that lie elsewhere, and parameters that only they understand. */
export const GIVEN = [];
