'use strict';

// Everything that comes from the API goes in as text, never as markup: a provider's words are anybody's words.

const STATES = ['pending', 'processing', 'archiving', 'archived', 'blocked', 'failed', 'lost', 'expired', 'cancelled'];
const EVERY = 2000;
const ROUTES_EVERY = 10000;
const PAGE = 50;

const $ = id => document.getElementById(id);
const shown = new Map();
let timer = 0;
let turn = 0;
let routesAt = 0;
let sure = '';

function el(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name === 'class') node.className = value;
    else if (name === 'onclick') node.addEventListener('click', value);
    else if (value === true) node.setAttribute(name, '');
    else if (value !== false && value !== undefined && value !== null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined));
  return node;
}

// Replaces the content of a place only if its data changed, and gives the focus back.
function show(place, data, build) {
  const text = JSON.stringify(data);
  if (shown.get(place) === text) return;
  shown.set(place, text);
  const focused = document.activeElement && place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.replaceChildren(...[build()].flat().filter(node => node !== null));
  if (focused) {
    const again = [...place.querySelectorAll('[data-key]')].find(node => node.dataset.key === focused);
    if (again) again.focus();
  }
}

// ---- the address: #state=…&provider=…&q=…&stalled=true&after=… for the list, #job=provider/id for one job

function place() {
  const address = new URLSearchParams(location.hash.slice(1));
  if (address.has('job')) {
    const job = address.get('job');
    const slash = job.indexOf('/');
    return {provider: job.slice(0, slash), jobId: job.slice(slash + 1), single: true};
  }
  const filter = {};
  for (const name of ['state', 'provider', 'q', 'stalled', 'after']) if (address.get(name)) filter[name] = address.get(name);
  return {filter, single: false};
}

const toJob = job => '#' + new URLSearchParams({job: job.provider + '/' + job.jobId});
const toList = filter => '#' + new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
const pathOf = job => '/api/jobs/' + encodeURIComponent(job.provider) + '/' + encodeURIComponent(job.jobId);

// ---- the API

class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function call(path, method) {
  const answer = await fetch(path, {
    method: method || 'GET', cache: 'no-store', credentials: 'omit', redirect: 'error',
    headers: {Authorization: 'Bearer ' + sessionStorage.getItem('token')},
  });
  let body = null;
  try {
    body = await answer.json();
  } catch (e) {
    throw new Refused(answer.status, 'The answer could not be read (status ' + answer.status + ').');
  }
  if (!answer.ok) throw new Refused(answer.status, body.detail || 'Status ' + answer.status + '.');
  return body;
}

function tell(error) {
  const notice = $('notice');
  if (error && (error.status === 401 || error.status === 429)) {
    sessionStorage.removeItem('token');
    ask();
  }
  notice.textContent = error ? (error instanceof Refused ? error.message : 'The server does not answer. Trying again.') : '';
  notice.hidden = !error;
}

async function act(path) {
  try {
    await call(path, 'POST');
    tell(null);
  } catch (error) {
    tell(error);
    return;
  }
  refresh();
}

// ---- words

const COUNT = new Intl.NumberFormat('en');

function ago(time) {
  const seconds = Math.round((Date.now() - Date.parse(time)) / 1000);
  const size = Math.abs(seconds);
  const text = size < 5 ? 'now' : size < 90 ? size + ' s' : size < 5400 ? Math.round(size / 60) + ' min'
    : size < 172800 ? Math.round(size / 3600) + ' h' : Math.round(size / 86400) + ' d';
  return text === 'now' ? text : seconds < 0 ? 'in ' + text : text + ' ago';
}

// Whole steps, so that a row changes seldom while it is read.
const moment = time => time ? el('time', {datetime: time, title: time}, ago(time)) : null;
const next = time => time && Date.parse(time) <= Date.now() ? el('time', {datetime: time, title: time}, 'due') : moment(time);
const exact = time => time ? time.replace('T', ' ').replace(/\.\d+Z$|Z$/, '') + ' UTC' : null;

function bytes(size) {
  if (size < 1024) return size + ' B';
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let at = -1;
  do { size /= 1024; at++; } while (size >= 1024 && at < units.length - 1);
  return size.toFixed(size < 10 ? 1 : 0) + ' ' + units[at];
}

function duration(seconds) {
  if (seconds === undefined) return null;
  if (seconds >= 3600 && seconds % 3600 === 0) return seconds / 3600 + ' h';
  if (seconds >= 60 && seconds % 60 === 0) return seconds / 60 + ' min';
  return seconds + ' s';
}

// What was learned of how long jobs take: half of them, and nearly all.
const rough = seconds => seconds < 9.95 ? seconds.toFixed(1) + ' s' : seconds < 100 ? Math.round(seconds) + ' s' : seconds < 6000 ? Math.round(seconds / 60) + ' min' : (seconds / 3600).toFixed(1) + ' h';
const range = (least, most) => least === most ? least : least + ' – ' + most;
const usual = kinds => kinds.map(kind => el('div', {title: 'half and 95 % of the last ' + COUNT.format(kind.jobs) + ' jobs' + (kind.model ? ' of ' + kind.model : '')},
  (kind.model ? kind.model + ': ' : '') + (kind.median === undefined ? '' : range(rough(kind.median), rough(kind.nearlyAll)))));

const stalled = job => job.stalledSince ? badge('stalled', 'paused') : null;

const badge = (word, kind) => el('span', {class: 'badge ' + (kind || word)}, word);

// A link only where the scheme is harmless; anything else stays text.
function link(address) {
  let url = null;
  try {
    url = new URL(address);
  } catch (e) {
    return document.createTextNode(address);
  }
  return url.protocol === 'https:' || url.protocol === 'http:'
    ? el('a', {href: url.href, rel: 'noopener noreferrer nofollow', target: '_blank'}, address)
    : document.createTextNode(address);
}

// ---- the overview

function drawStates(providers, filter) {
  const counts = Object.fromEntries(STATES.map(state => [state, 0]));
  for (const provider of providers) for (const [state, jobs] of Object.entries(provider.jobs)) counts[state] = (counts[state] || 0) + jobs;
  const stalledJobs = providers.reduce((sum, provider) => sum + (provider.stalled || 0), 0);
  show($('states'), [counts, filter.state, stalledJobs, filter.stalled], () => [...STATES.map(state => {
    const chosen = filter.state === state;
    return el('a', {
      href: toList({...filter, after: '', state: chosen ? '' : state}), 'data-key': 'state-' + state, 'aria-current': chosen ? 'true' : undefined,
      class: (counts[state] ? '' : 'none') + (chosen ? ' chosen' : ''),
    }, el('b', null, COUNT.format(counts[state])), state);
  }), el('a', {
    href: toList({...filter, after: '', stalled: filter.stalled ? '' : 'true'}), 'data-key': 'stalled', 'aria-current': filter.stalled ? 'true' : undefined,
    title: 'Jobs that are followed and do not get on', class: (stalledJobs ? '' : 'none') + (filter.stalled ? ' chosen' : ''),
  }, el('b', null, COUNT.format(stalledJobs)), 'stalled')]);
}

function drawProviders(providers) {
  show($('providers'), providers.map(provider => [provider, provider.pausedUntil && ago(provider.pausedUntil),
    provider.list && provider.list.restsUntil && ago(provider.list.restsUntil)]), () => {
    if (!providers.length) return el('p', {class: 'empty'}, 'There is no provider. Put two files into routes/providers to add one.');
    return el('table', null,
      el('thead', null, el('tr', null, ['Provider', 'State', 'Asks every', 'Rate', 'At once', 'Waiting', 'Jobs take', 'Last error', ''].map((title, at) =>
        el('th', at >= 2 && at <= 5 ? {class: 'number'} : null, title)))),
      el('tbody', null, providers.map(provider => {
        const waiting = ['pending', 'processing', 'archiving'].reduce((sum, state) => sum + (provider.jobs[state] || 0), 0);
        const state = provider.paused ? badge('paused') : provider.running ? badge('running', 'fine') : badge('no route', 'paused');
        const why = provider.paused ? ' ' + provider.pauseReason + (provider.pausedUntil ? ', next try ' + ago(provider.pausedUntil) : '') : '';
        const rest = provider.list && provider.list.restsUntil
          ? el('div', null, 'Asked for single jobs, its list again ' + ago(provider.list.restsUntil) + ': ' + provider.list.lastError) : null;
        return el('tr', null,
          el('td', {class: 'short'}, el('a', {href: toList({provider: provider.name})}, provider.name)),
          el('td', null, state, el('span', {class: 'soft'}, why)),
          el('td', {class: 'number short', 'data-label': 'Asks every'}, duration(provider.every)),
          el('td', {class: 'number short', 'data-label': 'Rate'}, provider.rate === undefined ? null : provider.rate + ' / s'),
          el('td', {class: 'number', 'data-label': 'At once'}, provider.atOnce === undefined ? null : String(provider.atOnce)),
          el('td', {class: 'number', 'data-label': 'Waiting'}, COUNT.format(waiting)),
          el('td', {class: 'short', 'data-label': 'Jobs take'}, usual(provider.usualDurations)),
          el('td', {class: 'text', 'data-label': 'Last error'}, provider.lastError || null, rest),
          el('td', {class: 'short number'}, el('button', {
            type: 'button', 'data-key': 'pause-' + provider.name,
            onclick: () => act('/api/providers/' + encodeURIComponent(provider.name) + (provider.paused ? '/resume' : '/pause')),
          }, provider.paused ? 'Resume' : 'Pause')));
      })));
  });
}

function drawFilter(providers, filter) {
  const options = (select, all, values, value) => show(select, [values, value], () =>
    [el('option', {value: ''}, all), ...values.map(one => el('option', {value: one, selected: one === value}, one))]);
  options($('state'), 'all', STATES, filter.state);
  const names = providers.map(provider => provider.name);
  options($('provider'), 'all', filter.provider && !names.includes(filter.provider) ? [...names, filter.provider] : names, filter.provider);
  if (document.activeElement !== $('q')) $('q').value = filter.q || '';
}

function drawJobs(page, filter) {
  show($('jobs'), page.jobs.map(job => [job, ago(job.updatedAt), job.nextPollAt && ago(job.nextPollAt)]), () => {
    if (!page.jobs.length) return el('p', {class: 'empty'}, Object.keys(filter).length ? 'No job fits the filter.' : 'No job is followed yet. POST one to /api/jobs.');
    return el('table', null,
      el('thead', null, el('tr', null, ['State', 'Provider', 'Job', 'Attempt', 'Changed', 'Next ask', 'What is wrong'].map(title => el('th', null, title)))),
      el('tbody', null, page.jobs.map(job => el('tr', null,
        el('td', {class: 'short'}, badge(job.state), job.progress !== undefined && (job.state === 'processing' || job.state === 'pending')
          ? [' ', el('span', {class: 'soft'}, job.progress + ' %')] : null, job.stalledSince ? [' ', stalled(job)] : null),
        el('td', {class: 'short'}, job.provider),
        el('td', {class: 'id'}, el('a', {href: toJob(job), 'data-key': 'job-' + job.provider + '/' + job.jobId}, job.jobId)),
        el('td', {'data-label': 'Attempt'}, String(job.attempt)),
        el('td', {class: 'short', 'data-label': 'Changed'}, moment(job.updatedAt)),
        el('td', {class: 'short', 'data-label': 'Next ask'}, next(job.nextPollAt)),
        el('td', {class: 'text'}, job.error ? [job.error.code, job.error.message].filter(Boolean).join(': ') : null)))));
  });
  show($('pages'), [filter, page.next], () => [
    filter.after ? el('a', {href: toList({...filter, after: ''}), 'data-key': 'newest'}, 'Newest') : null,
    page.next ? el('a', {href: toList({...filter, after: page.next}), 'data-key': 'older'}, 'Older') : null]);
}

function drawRejected(answer) {
  show($('rejected'), [answer.rejected, answer.needsRestart], () => [
    ...answer.rejected.map(rejection => el('p', {class: 'warning'}, el('b', null, rejection.file || 'Settings'),
      ' was edited at ' + exact(rejection.at) + ' and not taken in; what ran before runs on. '
      + (rejection.line ? 'Line ' + rejection.line + (rejection.column ? ', column ' + rejection.column : '') + ': ' : '') + rejection.message)),
    answer.needsRestart.length ? el('p', null, 'Edited, but with effect only after a restart: ' + answer.needsRestart.join(', ') + '.') : null,
  ]);
}

// ---- one job

function drawJob(job) {
  const open = !['archived', 'failed', 'lost', 'expired', 'cancelled'].includes(job.state);
  const again = !open || job.state === 'blocked';
  show($('job'), [job, ago(job.updatedAt), job.nextPollAt && ago(job.nextPollAt), sure], () => {
    const button = (word, action, usable, careful) => el('button', {
      type: 'button', disabled: !usable, 'data-key': action, class: sure === action ? 'sure' : '',
      onclick: () => {
        if (careful && sure !== action) {
          sure = action;
          drawJob(job);
          return;
        }
        sure = '';
        act(pathOf(job) + '/' + action);
      },
    }, sure === action ? 'Really ' + word.toLowerCase() + '?' : word);
    const facts = [
      ['Attempt', String(job.attempt)],
      ['Progress', job.progress === undefined ? null : [el('progress', {max: 100, value: job.progress}), ' ' + job.progress + ' %']],
      ['Stalled since', exact(job.stalledSince)],
      ['Asked', COUNT.format(job.polls) + (job.polls === 1 ? ' time' : ' times')],
      ['Next ask', next(job.nextPollAt)],
      ['Registered', exact(job.registeredAt)],
      ['Changed', exact(job.updatedAt)],
      ['Deadline', exact(job.deadlineAt)],
      ...Object.entries(job.tags).map(([name, value]) => ['Tag ' + name, value]),
      ['Manifest', job.manifest],
    ].filter(([, value]) => value !== null && value !== undefined);
    const links = job.report && job.report.links ? Object.entries(job.report.links).filter(([, value]) => typeof value === 'string') : [];
    return [
      el('p', null, el('a', {href: '#', 'data-key': 'back'}, '← All jobs')),
      el('div', {class: 'card'},
        el('div', {class: 'title'}, badge(job.state), stalled(job), el('h2', null, job.provider + ' / ' + job.jobId), el('div', {class: 'line'},
          button('Check now', 'check', open && job.state !== 'blocked'), button('Retry', 'retry', again), button('Cancel', 'cancel', open, true))),
        el('dl', null, facts.map(([name, value]) => el('div', {class: name === 'Manifest' ? 'all' : ''}, el('dt', null, name), el('dd', null, value)))),
        job.error ? el('p', {class: 'wrong'}, [job.error.code, job.error.message].filter(Boolean).join(': ')
          + (job.error.retryable === undefined ? '' : job.error.retryable ? ' (may succeed later)' : ' (will not succeed by repeating)')) : null),
      job.assets.length ? el('section', null, el('h2', null, 'Assets in S3'), el('div', {class: 'wide'}, el('table', null,
        el('thead', null, el('tr', null, ['Role', 'Key', 'Size', 'Type', 'SHA-256'].map((title, at) => el('th', at === 2 ? {class: 'number'} : null, title)))),
        el('tbody', null, job.assets.map(asset => el('tr', null,
          el('td', {class: 'short'}, asset.role),
          el('td', {class: 'id'}, asset.key),
          el('td', {class: 'number short', title: COUNT.format(asset.bytes) + ' bytes'}, bytes(asset.bytes)),
          el('td', {class: 'short'}, asset.contentType || null),
          el('td', {class: 'id', title: asset.sha256}, asset.sha256.slice(0, 16) + '…'))))))) : null,
      links.length ? el('section', null, el('h2', null, 'Links'), el('dl', null, links.map(([name, value]) =>
        el('div', {class: 'all'}, el('dt', null, name), el('dd', null, link(value)))))) : null,
      el('section', null, el('h2', null, 'Timeline'), el('ol', null, job.timeline.map(entry => el('li', null,
        el('span', {class: 'soft'}, exact(entry.at)), el('b', null, entry.what), el('span', null, entry.detail || ''))))),
      job.report ? el('section', null, el('h2', null, 'Last report'), el('pre', null, JSON.stringify(job.report, null, 2))) : null,
    ];
  });
}

// ---- the round

// A reader who marks text, or opens a list, is not disturbed.
function reading() {
  const selection = getSelection();
  return (selection && !selection.isCollapsed) || (document.activeElement && document.activeElement.tagName === 'SELECT');
}

async function draw() {
  const here = place();
  $('overview').hidden = here.single;
  $('job').hidden = !here.single;
  $('enter').hidden = true;
  $('leave').hidden = false;
  const mine = ++turn;
  if (here.single) {
    const job = await call(pathOf(here));
    if (mine === turn) drawJob(job);
    return;
  }
  const query = new URLSearchParams({...here.filter, limit: PAGE});
  const [providers, jobs] = await Promise.all([call('/api/providers'), call('/api/jobs?' + query)]);
  if (mine !== turn) return;
  drawStates(providers.providers, here.filter);
  drawProviders(providers.providers);
  drawFilter(providers.providers, here.filter);
  drawJobs(jobs, here.filter);
  if (Date.now() - routesAt > ROUTES_EVERY) {
    routesAt = Date.now();
    drawRejected(await call('/api/routes'));
  }
}

async function refresh() {
  clearTimeout(timer);
  if (!sessionStorage.getItem('token')) {
    ask();
    return;
  }
  const begun = Date.now();
  try {
    await draw();
    tell(null);
    $('status').textContent = 'as of ' + new Date().toISOString().slice(11, 19) + ' UTC';
  } catch (error) {
    tell(error);
    $('status').textContent = '';
  }
  clearTimeout(timer);
  // a search through a million jobs takes a second: a page left open must not ask for it all the time
  timer = setTimeout(round, Math.max(EVERY, 10 * (Date.now() - begun)));
}

function round() {
  clearTimeout(timer);
  if (document.hidden) return;
  if (!sessionStorage.getItem('token')) return;
  if (reading()) {
    $('status').textContent = 'paused while you read';
    timer = setTimeout(round, EVERY);
    return;
  }
  refresh();
}

function ask() {
  clearTimeout(timer);
  turn++;
  shown.clear();
  for (const id of ['overview', 'job', 'leave']) $(id).hidden = true;
  $('status').textContent = '';
  $('enter').hidden = false;
  $('token').focus();
}

$('enter').addEventListener('submit', event => {
  event.preventDefault();
  const token = $('token').value.trim();
  $('token').value = '';
  if (token) {
    sessionStorage.setItem('token', token);
    refresh();
  }
});
$('leave').addEventListener('click', () => {
  sessionStorage.removeItem('token');
  tell(null);
  ask();
});
$('filter').addEventListener('submit', event => event.preventDefault());
for (const id of ['state', 'provider']) {
  $(id).addEventListener('change', event => {
    event.target.blur();
    location.hash = toList({...place().filter, after: '', [id]: event.target.value});
  });
}
let typing = 0;
$('q').addEventListener('input', event => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    location.hash = toList({...place().filter, after: '', q: event.target.value});
  }, 300);
});
addEventListener('hashchange', () => {
  sure = '';
  scrollTo(0, 0);
  refresh();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) round();
});

refresh();
