import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { renderHtml } from '../../../src/evaluation/report/index.ts';
import { type Browser, chromium, startChromium, type Tab } from '../../support/chromium.ts';
import { evaluatedReport, fullReport, replaced } from './sample.ts';

const inBrowser = chromium ? describe : describe.skip;

inBrowser(`a report in a browser${chromium ? '' : ' (skipped: there is no chromium on the PATH)'}`, () => {
  let browser: Browser;
  let directory: string;
  let server: Server;
  let asked: string[];
  let origin: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tunewright-report-'));
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await startChromium(chromium ?? '');
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function opened(html: string): Promise<Tab> {
    const path = join(directory, `${Math.random().toString(36).slice(2)}.html`);
    await writeFile(path, html);
    const tab = await browser.tab();
    await tab.open(pathToFileURL(path).href);
    return tab;
  }

  /** All requests but that for the page itself and those that its policy has stopped, and all signs of a script. */
  async function doings(tab: Tab): Promise<string[]> {
    await tab.send('Page.captureScreenshot');
    const stopped = tab.events.flatMap(({ params }) => (params.blockedReason === 'csp' ? [params.requestId] : []));
    const seen = tab.events.flatMap(({ method, params }) => {
      if (method === 'Page.javascriptDialogOpening') return ['dialog'];
      if (method !== 'Network.requestWillBeSent' || stopped.includes(params.requestId)) return [];
      const { url } = params.request as { url: string };
      return url.startsWith('file:') || url.startsWith('data:') ? [] : [`request ${url}`];
    });
    const struck = await tab.evaluate<boolean>("'struck' in window");
    return [...seen, ...(struck ? ['script'] : []), ...asked.map((url) => `server ${url}`)];
  }

  const attacks = () => [
    `<script>window.struck=1;fetch('${origin}/fetched')</script>`,
    `"><img src=${origin}/pixel onerror="window.struck=1"><svg onload="window.struck=1">`,
    `'"><iframe srcdoc="<script>parent.struck=1</script>"></iframe><object data="${origin}/object"></object>`,
    `</title></style></script><link rel=stylesheet href=${origin}/style.css><style>@import "${origin}/import.css"</style>`,
    `--><meta http-equiv=refresh content="0;url=${origin}/moved"><base href="${origin}/"><form action="${origin}/posted"><input autofocus onfocus="window.struck=1">`,
    `]]></desc></title></svg><math><mtext></table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
  ];

  test('what the test looks for is seen on a page that does not escape', async () => {
    const tab = await opened(`<title>x</title>${attacks().slice(0, 2).join('')}`);
    await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
    expect(asked).toEqual(expect.arrayContaining(['/fetched', '/pixel']));
    expect(await doings(tab)).toContain('script');
  });

  test('whatever texts the data and the platform hold, no script runs, nothing is asked for, nothing is taken for markup', async () => {
    const shape = 'document.documentElement.querySelectorAll("*").length';
    const cases = [fullReport(), evaluatedReport()].flatMap((report) =>
      [...attacks(), attacks().join(' ')].map((attack) => ({ report, attack })),
    );
    for (const { report, attack } of cases) {
      const tame = await opened(await renderHtml(replaced(report, 'tame')));
      const tab = await opened(await renderHtml(replaced(report, attack)));
      expect(await doings(tab)).toEqual([]);
      expect(await tab.evaluate('document.body.innerText')).toContain(attack.slice(0, 30));
      expect(await tab.evaluate(shape)).toBe(await tame.evaluate(shape));
    }
  });

  test('and if markup did get in, the policy of the page would still let nothing run and nothing load', async () => {
    const html = await renderHtml(fullReport());
    const tab = await opened(html.replace('</main>', `${attacks().slice(0, 4).join('')}</main>`));
    expect(await tab.evaluate("document.querySelectorAll('main img, main iframe').length")).toBeGreaterThan(1);
    expect(await doings(tab)).toEqual([]);
  });

  test('a link leads to the platform only by https or http', async () => {
    const links = "[...document.querySelectorAll('main a')].map((a) => a.href)";
    const tab = await opened(await renderHtml(fullReport()));
    expect(await tab.evaluate(links)).toEqual(['https://platform.example/ftjob-1']);
    const job = { id: 'j', platformStatus: 's', url: 'javascript://x%0aalert(1)' };
    expect(await (await opened(await renderHtml(fullReport({ job })))).evaluate(links)).toEqual([]);
  });

  test('by day, by night and on paper every text can be read: contrast of 4.5 to 1 at least', async () => {
    const tab = await opened(await renderHtml(fullReport()));
    await tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    const pictures = new Set<string>();
    const looks = [
      { features: [{ name: 'prefers-color-scheme', value: 'light' }] },
      { features: [{ name: 'prefers-color-scheme', value: 'dark' }] },
      { media: 'print', features: [{ name: 'prefers-color-scheme', value: 'dark' }] },
    ];
    for (const look of looks) {
      await tab.send('Emulation.setEmulatedMedia', look);
      expect(await tab.evaluate(`(${faint})()`)).toEqual([]);
      const { data } = await tab.send<{ data: string }>('Page.captureScreenshot');
      expect(data.length).toBeGreaterThan(20_000);
      pictures.add(data);
    }
    expect(pictures.size).toBe(3);
  });

  test('on paper everything is unfolded, on several pages', async () => {
    const tab = await opened(await renderHtml(fullReport()));
    const { data } = await tab.send<{ data: string }>('Page.printToPDF', { printBackground: true });
    const pdf = Buffer.from(data, 'base64').toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBeGreaterThan(2);
    await tab.send('Emulation.setEmulatedMedia', { media: 'print' });
    expect(
      await tab.evaluate("[...document.querySelectorAll('pre, dl, table')].every((one) => one.checkVisibility())"),
    ).toBe(true);
  });

  test('on a narrow phone nothing sticks out, however long a text is', async () => {
    const tab = await opened(await renderHtml(replaced(fullReport(), 'x'.repeat(400))));
    await tab.send('Emulation.setDeviceMetricsOverride', {
      width: 340,
      height: 700,
      deviceScaleFactor: 1,
      mobile: true,
    });
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(340);
  });

  test('by keyboard: the first stop skips to the content, every stop shows where it is', async () => {
    const tab = await opened(await renderHtml(fullReport()));
    await press(tab, 'Tab');
    expect(await tab.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    const stops = await tab.evaluate<number>(
      `[...document.querySelectorAll('a, summary, [tabindex="0"]')].filter((one) => one.checkVisibility()).length`,
    );
    const outline = 'getComputedStyle(document.activeElement).outlineStyle';
    for (let stop = 1; stop < stops; stop++) {
      expect(await tab.evaluate(outline)).toBe('solid');
      await press(tab, 'Tab');
    }
  });

  test('a table that is wider than the phone is scrolled by keyboard', async () => {
    const tab = await opened(await renderHtml(fullReport()));
    await tab.send('Emulation.setDeviceMetricsOverride', {
      width: 340,
      height: 700,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await tab.evaluate(`
      const room = document.querySelector('#evaluation .room');
      room.focus();
      window.scrolled = new Promise((resolve) => room.addEventListener('scroll', () => resolve(room.scrollLeft)));
      0`);
    await press(tab, 'ArrowRight');
    expect(await tab.evaluate('window.scrolled')).toBeGreaterThan(0);
  });

  test('to those who hear it: headings, pictures that are told, and nothing that axe finds fault with', async () => {
    const tab = await opened(await renderHtml(fullReport()));
    const { nodes } = await tab.send<{ nodes: AxNode[] }>('Accessibility.getFullAXTree');
    const named = (role: string) =>
      nodes.filter((node) => !node.ignored && node.role?.value === role).map((node) => node.name?.value ?? '');
    expect(named('heading')).toEqual([
      'support-k7fm',
      'Verdict: Promoted',
      'Evaluation',
      'Training',
      'Slices',
      'Confusions',
      'Regressions',
      'Data',
      'Cost',
      'Timings',
      'Lineage',
      'Configuration',
    ]);
    expect(named('image')).toEqual([
      'Loss over the steps of the training',
      'Accuracy, token by token over the steps of the training',
    ]);
    await tab.evaluate(`${axe.source}; 0`);
    const problems = 'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))';
    expect(await tab.evaluate(problems)).toEqual([]);
    const evaluated = await opened(await renderHtml(evaluatedReport()));
    await evaluated.evaluate(`${axe.source}; 0`);
    expect(await evaluated.evaluate(problems)).toEqual([]);
  });
});

async function press(tab: Tab, key: string): Promise<void> {
  const windowsVirtualKeyCode = key === 'ArrowRight' ? 39 : 9;
  for (const type of ['keyDown', 'keyUp']) {
    await tab.send('Input.dispatchKeyEvent', { type, key, code: key, windowsVirtualKeyCode });
  }
}

interface AxNode {
  ignored: boolean;
  role?: { value: string };
  name?: { value: string };
}

/** Runs in the page: texts whose contrast with what lies under them is below 4.5 to 1 (WCAG 2.2, level AA). */
const faint = `() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (colour) => parts(colour).slice(0, 3)
    .map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const under = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return matchMedia('print').matches ? 'rgb(255, 255, 255)' : 'rgb(0, 0, 0)';
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!own || element.closest('title, desc, .skip, .unseen')) continue;
    const style = getComputedStyle(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [light(colour), light(under(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(element.className + ': ' + element.textContent.slice(0, 40));
  }
  return found;
}`;
