/** Heat's small answers that are not of its API proper: they come as JSON, HTML or plain text, as the client accepts. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly explanation: string;
  readonly location?: string;
}

/** 404 of an address that leads nowhere. */
export const NOT_FOUND_PAGE: Page = {
  status: 404,
  title: 'Not Found',
  explanation: 'The resource could not be found.',
};

/** 202. */
export const ACCEPTED_PAGE: Page = {
  status: 202,
  title: 'Accepted',
  explanation: 'The request is accepted for processing.',
};

/** 302 to an address. */
export function foundPage(location: string): Page {
  return { status: 302, title: 'Found', explanation: 'The resource was found at', location };
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function accepts(accept: string | undefined): 'html' | 'json' | 'plain' {
  if (accept === undefined || accept.trim() === '') return 'html';
  const weights = new Map(
    accept.split(',').map((part): [string, number] => {
      const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
      const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
      return [type, Number.isNaN(weight) ? 0 : weight];
    }),
  );
  const weightOf = (type: string, family: string): number =>
    weights.get(type) ?? weights.get(family) ?? weights.get('*/*') ?? 0;
  const html = weightOf('text/html', 'text/*');
  const jsonWeight = weightOf('application/json', 'application/*');
  if (html === 0 && jsonWeight === 0) return 'plain';
  return html >= jsonWeight ? 'html' : 'json';
}

/** The page in the form that the client accepts, and its content type. */
export function renderPage(page: Page, accept: string | undefined): { contentType: string; body: string } {
  const status = `${page.status} ${page.title}`;
  const form = accepts(accept);
  const location = page.location ?? '';
  const target = escapeHtml(location);
  const content =
    page.location === undefined
      ? `${page.explanation}<br /><br />\n\n\n`
      : `${page.explanation} <a href="${target}">${target}</a>;\nyou should be redirected automatically.\n\n`;
  if (form === 'json') {
    return {
      contentType: 'application/json',
      body: JSON.stringify({ message: content, code: status, title: page.title }),
    };
  }
  if (form === 'plain') {
    const plain =
      page.location === undefined
        ? `${page.explanation}\n\n\n\n\n`
        : `${page.explanation} ${location};\nyou should be redirected automatically.\n\n`;
    return { contentType: 'text/plain; charset=UTF-8', body: `${status}\n\n${plain}` };
  }
  return {
    contentType: 'text/html; charset=UTF-8',
    body: `<html>\n <head>\n  <title>${status}</title>\n </head>\n <body>\n  <h1>${status}</h1>\n  ${content}\n </body>\n</html>`,
  };
}
