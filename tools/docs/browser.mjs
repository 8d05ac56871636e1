// Opens every page of site/ in a headless Chromium that reaches no other host, in light, in dark and on a phone; names each request that
// fails or leads elsewhere, each error of the console, and each page that is wider than its window; tries the search; and leaves
// pictures of a few pages in TestResults/docs. Exit code 1 when there is a problem. CHROMIUM names another browser of its kind.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

const site = path.resolve('site');
const pictures = path.resolve('TestResults/docs');
const pictured = ['index.html', 'architecture/background-jobs.html', 'concepts/life-of-a-job.html', 'reference/settings.html',
  'reference/api/index.html', 'reference/api/Dashtam.Jobs.Core.Wire.JobError.html', 'reference/log-events.html', 'runbooks/operations.html'];
const looks = [
  { name: 'light', scheme: 'light', width: 1280, height: 900 },
  { name: 'dark', scheme: 'dark', width: 1280, height: 900 },
  { name: 'phone', scheme: 'light', width: 390, height: 844 },
];
const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.map': 'application/json' };

/** The built site, on a free port of loopback. */
async function serve() {
  const server = createServer(async (request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://site').pathname);
    const file = path.join(site, name.endsWith('/') ? `${name}index.html` : name);
    try {
      const body = await readFile(file);
      response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Chromium, spoken to through a pipe: nothing listens, and no package is needed. */
class Browser {
  #answers = new Map();
  #number = 0;
  #rest = '';
  listeners = new Set();

  constructor(program, profile) {
    const isRoot = process.getuid?.() === 0; // its sandbox does not run as root
    this.process = spawn(program, ['--headless=new', '--remote-debugging-pipe', `--user-data-dir=${profile}`, '--no-first-run', '--disable-gpu',
      '--disable-dev-shm-usage', '--hide-scrollbars', '--disable-component-update', '--disable-background-networking',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', ...(isRoot ? ['--no-sandbox'] : []), 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    this.failed = new Promise((_, reject) => this.process.once('error', reject));
    this.process.stdio[4].on('data', (data) => this.#read(data));
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#number;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const answer = new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
    return Promise.race([answer, this.failed]);
  }

  #read(data) {
    const parts = (this.#rest + data).split('\0');
    this.#rest = parts.pop();
    for (const message of parts.map((part) => JSON.parse(part))) {
      const waiting = this.#answers.get(message.id);
      this.#answers.delete(message.id);
      if (waiting) message.error ? waiting.reject(new Error(message.error.message)) : waiting.resolve(message.result);
      else for (const listener of this.listeners) listener(message);
    }
  }
}

/** A tab that keeps what went wrong in it. */
class Tab {
  problems = [];
  #loaded = () => {};

  static async open(browser, origin) {
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    const tab = new Tab(browser, sessionId, origin);
    for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await tab.send(`${domain}.enable`);
    return tab;
  }

  constructor(browser, session, origin) {
    Object.assign(this, { browser, session, origin });
    browser.listeners.add((message) => message.sessionId === session && this.#hear(message));
  }

  send(method, params) { return this.browser.send(method, params, this.session); }

  async look({ scheme, width, height }) {
    await this.send('Storage.clearDataForOrigin', { origin: this.origin, storageTypes: 'all' }); // a reader's earlier choice of colours
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    await this.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  }

  async go(page) {
    const loaded = new Promise((resolve) => { this.#loaded = resolve; });
    await this.send('Page.navigate', { url: `${this.origin}/${page}` });
    await loaded;
  }

  async value(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async picture(page, look) {
    const name = `${page.replaceAll('/', '-').replace('.html', '')}-${look}`;
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    await writeFile(path.join(pictures, `${name}.png`), Buffer.from(data, 'base64'));
  }

  #hear({ method, params }) {
    if (method === 'Page.loadEventFired') this.#loaded();
    if (method === 'Network.requestWillBeSent' && !new RegExp(`^(${this.origin}/|data:|blob:|about:)`).test(params.request.url)) {
      this.problems.push(`asks another host: ${params.request.url}`);
    }
    if (method === 'Network.responseReceived' && params.response.status >= 400) {
      this.problems.push(`${params.response.status} for ${params.response.url}`);
    }
    if (method === 'Network.loadingFailed' && !params.canceled) this.problems.push(`a request failed: ${params.errorText}`);
    if (method === 'Log.entryAdded' && params.entry.level === 'error') this.problems.push(`console: ${params.entry.text}`);
    if (method === 'Runtime.consoleAPICalled' && params.type === 'error') this.problems.push(`console: ${params.args.map((one) => one.value).join(' ')}`);
    if (method === 'Runtime.exceptionThrown') this.problems.push(`script: ${params.exceptionDetails.exception?.description}`);
  }
}

const tooWide = `(() => {
  const width = document.documentElement.clientWidth;
  return document.documentElement.scrollWidth > width ? document.documentElement.scrollWidth + ' px wide in a window of ' + width : '';
})()`;

/** Scrolls to the longest table; whether there is one. */
const toTable = `(() => {
  const [table] = [...document.querySelectorAll('article table')].sort((one, other) => other.rows.length - one.rows.length);
  table?.scrollIntoView();
  return table !== undefined;
})()`;

/** On a phone wide tables scroll; on a desk the reader sees each column at once. */
const tooWideTable = `(() => {
  const wide = [...document.querySelectorAll('.md-typeset__scrollwrap')].filter((frame) => innerWidth > 600 && frame.scrollWidth > frame.clientWidth
    && frame.querySelectorAll('th').length <= 8); // a table of figures may scroll
  return wide.map((frame) => frame.querySelector('th').innerText + ': a table of ' + frame.scrollWidth + ' px in a column of ' + frame.clientWidth).join('; ');
})()`;

/** What a reader sees who types a word into the search. */
const searched = `(async () => {
  const field = document.querySelector('input.md-search__input');
  document.querySelector('#__search').click();
  field.focus();
  field.value = 'WORKER_CONCURRENCY';
  for (let i = 0; i < 1200; i++) {
    field.dispatchEvent(new KeyboardEvent('keyup', { bubbles: true }));
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const found = document.querySelectorAll('.md-search-result__item').length;
    if (found > 0) return found;
  }
  return 0;
})()`;

async function run(browser, origin) {
  const pages = (await readdir(site, { recursive: true })).filter((file) => file.endsWith('.html') && file !== '404.html').sort();
  if (pages.length === 0) throw new Error('site/ holds no page: run make docs-site');
  const gone = pictured.filter((page) => !pages.includes(page));
  if (gone.length > 0) throw new Error(`site/ holds no ${gone.join(', ')}: correct the list of pictures in tools/docs/browser.mjs`);
  let problems = 0;
  const tab = await Tab.open(browser, origin);
  const tell = (page, look) => {
    for (const problem of new Set(tab.problems.splice(0))) { console.error(`${page} (${look}): ${problem}`); problems++; }
  };
  for (const look of looks) {
    await tab.look(look);
    for (const page of pages) {
      await tab.go(page);
      for (const width of [await tab.value(tooWide), await tab.value(tooWideTable)]) if (width) tab.problems.push(width);
      if (pictured.includes(page)) {
        await tab.picture(page, look.name);
        if (await tab.value(toTable)) await tab.picture(page, `${look.name}-table`);
      }
      tell(page, look.name);
    }
  }
  await tab.look(looks[0]);
  await tab.go('index.html');
  const found = await tab.value(searched);
  if (found === 0) tab.problems.push('the search finds no page for WORKER_CONCURRENCY');
  await tab.picture('search', looks[0].name);
  tell('index.html', 'search');
  console.log(`${pages.length} pages in ${looks.length} looks, a search with ${found} results: ${problems} problems; pictures in ${path.relative('.', pictures)}`);
  return problems;
}

await mkdir(pictures, { recursive: true });
const profile = await mkdtemp(path.join(tmpdir(), 'docs-browser-'));
const server = await serve();
const browser = new Browser(process.env.CHROMIUM ?? 'chromium', profile);
try {
  process.exitCode = await run(browser, `http://127.0.0.1:${server.address().port}`) === 0 ? 0 : 1;
} catch (error) {
  console.error(error.code === 'ENOENT'
    ? 'make docs-browser: there is no chromium (Debian: apt-get install chromium). CHROMIUM names another browser of its kind.'
    : `make docs-browser: ${error.message}`);
  process.exitCode = 1;
} finally {
  const gone = browser.process.exitCode !== null || browser.process.pid === undefined ? null : new Promise((resolve) => browser.process.once('exit', resolve));
  browser.process.kill();
  await gone;
  server.close();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
