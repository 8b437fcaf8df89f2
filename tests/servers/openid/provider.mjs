// A real OpenID provider on loopback: `oidc-provider`, with accounts, a login form that wants their passwords, and a page
// that asks for consent.
//
//   node provider.mjs
//
// The first line of standard input is JSON: `base` (the address of the one client, a Meet), `client`, `secret`, `accounts`
// (each `login`, `password`, `sub`, `email`, `given_name`, `usual_name`), and perhaps `picture`, which the login page embeds. It answers `{"issuer":"http://localhost:PORT"}` when it
// listens, and ends with its standard input. VISAVIS_NODE_MODULES is the folder with the packages.
//
// Its forms: `login` and `password`, the buttons `sign-in`, `allow` and `cancel` (ids; `data-testid` is `openid-` and the same).
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const MODULES = process.env.VISAVIS_NODE_MODULES ?? join(import.meta.dirname, 'node_modules');
const packaged = createRequire(join(MODULES, 'any.js')).resolve('oidc-provider');
const { Provider } = await import(pathToFileURL(packaged));

const input = createInterface({ input: process.stdin });
const given = JSON.parse(await new Promise((done) => input.once('line', done)));
input.on('close', () => process.exit(0));

// The port is known before the provider, which has to know its own name.
let answer;
const server = createServer((request, response) => answer(request, response));
await new Promise((done) => server.listen(0, '127.0.0.1', done));
// Another name than the client's, as in life: `localhost` and `127.0.0.1` share no cookies.
const issuer = `http://localhost:${server.address().port}`;

const field = (name, type, rest) => `<input id="${name}" data-testid="openid-${name}" name="${name}" type="${type}" aria-label="${name}" ${rest}>`;
const button = (what, text, rest = '') => `<button id="${what}" data-testid="openid-${what}" name="do" value="${what}" ${rest}>${text}</button>`;
const page = (title, body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>`
  + `<body><h1>${title}</h1>${body}</body></html>`;
// A page in an application's window tries what only the application's own page may, and says at the next request what came of it.
const tries = `<script>
  const inside = window.__TAURI_INTERNALS__;
  const told = (text) => fetch('/tried?' + new URLSearchParams({ text }));
  if (inside) Promise.resolve().then(() => inside.invoke('command', { command: { kind: 'set_name', name: 'Mallory' } })).then(() => told('done'), (e) => told('refused'));
  else told('nothing there');
</script>`;
const loginPage = (words) => page('Sign in to the provider', `<p>${words}</p><form method="post">${field('login', 'text', 'required autofocus')} `
  + `${field('password', 'password', 'required')} ${button('sign-in', 'Sign in')} ${button('cancel', 'Cancel', 'formnovalidate')}</form>${given.picture ? `<img alt="" src="${given.picture}">` : ''}${tries}`);
const consentPage = () => page('May Meet know who you are?', `<form method="post">${button('allow', 'Allow', 'autofocus')} ${button('cancel', 'Cancel')}</form>`
  + "<script>fetch('/tried?text=consent')</script>");
// A provider that is told by its own token who wants to sign out asks no more: the button presses itself.
const logoutPage = (form) => page('Sign out', `${form}<button id="sign-out" type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>`
  + '<script>document.getElementById("sign-out").click()</script>');

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const provider = new Provider(issuer, {
  clients: [{
    client_id: given.client, client_secret: given.secret, token_endpoint_auth_method: 'client_secret_post',
    redirect_uris: [`${given.base}/api/v1.0/callback/`], post_logout_redirect_uris: [`${given.base}/api/v1.0/logout-callback/`],
    grant_types: ['authorization_code'], response_types: ['code'],
  }],
  // What Meet reads of somebody comes with the scopes that it asks for.
  claims: { openid: ['sub'], email: ['email', 'given_name', 'usual_name'] },
  findAccount: (_, sub) => {
    const account = given.accounts.find((one) => one.sub === sub);
    return account && { accountId: sub, claims: () => ({ sub, email: account.email, given_name: account.given_name, usual_name: account.usual_name }) };
  },
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  pkce: { required: () => false },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true, logoutSource: (context, form) => { context.body = logoutPage(form); } },
  },
  renderError: (context, out) => { context.type = 'html'; context.body = page('The provider refuses', `<p>${out.error}</p>`); },
});

async function form(request) {
  let text = '';
  for await (const piece of request) {
    text += piece;
    if (text.length > 10_000) break;
  }
  return new URLSearchParams(text);
}

async function consent(details) {
  const { prompt, params, session } = details;
  const grant = details.grantId ? await provider.Grant.find(details.grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  return { consent: { grantId: await grant.save() } };
}

// The pages between the client's question and the provider's answer.
async function ask(request, response) {
  const details = await provider.interactionDetails(request, response);
  const show = (text) => response.setHeader('Content-Type', 'text/html; charset=utf-8').setHeader('Cache-Control', 'no-store').end(text);
  const isLogin = details.prompt.name === 'login';
  if (request.method !== 'POST') return show(isLogin ? loginPage('') : consentPage());
  const said = await form(request);
  const finish = (result) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: !isLogin });
  if (said.get('do') === 'cancel') return finish({ error: 'access_denied', error_description: 'the person does not want to' });
  if (!isLogin) return finish(await consent(details));
  const account = given.accounts.find((one) => one.login === said.get('login') && one.password === said.get('password'));
  return account ? finish({ login: { accountId: account.sub } }) : show(loginPage('That is not the password.'));
}

const callback = provider.callback();
answer = (request, response) => {
  if (request.url.startsWith('/tried?')) {
    process.stdout.write(`${JSON.stringify({ tried: new URL(request.url, issuer).searchParams.get('text') })}\n`);
    return response.end();
  }
  if (!request.url.startsWith('/interaction/')) return callback(request, response);
  return ask(request, response).catch((error) => {
    process.stderr.write(`${error}\n`);
    response.statusCode = 400;
    response.end('no such question');
  });
};
process.stdout.write(`${JSON.stringify({ issuer })}\n`);
