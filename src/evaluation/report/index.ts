export { renderHtml } from './html/index.ts';
export { renderMarkdown } from './markdown/index.ts';
