import { alert, html, type Html, type PlainPage } from '../http/plain-page.js';
import { panelPath } from '../http/paths.js';
import { formatCount } from '../../core/counts.js';

/** Plain pages: choosing a password, the second factor, the own account. */
export const profilePages = {
  welcome: ({ name, email, token, error, signedIn }: Welcome): PlainPage => ({
    title: `Welcome, ${name}`,
    body: html`<p class="lc-muted">
        Choose the password for ${email}. The link works once. You will be signed out everywhere else.
      </p>
      ${signedIn && html`<p>${signedIn} is signed in on this browser; setting the password signs them out here.</p>`}
      ${alert(error)}
      <form action="${panelPath}/welcome" method="POST">
        <input type="hidden" name="token" value="${token}" />
        <input type="email" name="email" value="${email}" autocomplete="username" readonly hidden />
        ${newPassword('New password', true)}
        <button type="submit" class="lc-btn primary">Set the password</button>
      </form>`,
  }),

  invalidLink: (error: string | null): PlainPage => ({
    title: 'This link no longer works',
    body: html`${alert(error)}
      <p class="lc-muted">
        It has been used, is older than 24 hours, or was replaced by a newer one. Ask an admin for another.
      </p>
      <a class="lc-btn" href="${panelPath}/login">Go to sign-in</a>`,
  }),

  passwordSet: (): PlainPage => ({
    title: 'Your password is set',
    body: html`<p class="lc-muted">Sign in with it now.</p>
      <a class="lc-btn primary" href="${panelPath}/login">Sign in</a>`,
  }),

  code: (error: string | null): PlainPage => ({
    title: 'Enter your code',
    body: html`${alert(error)}
      <form action="${panelPath}/second-factor" method="POST">
        ${codeField('code', 'Code from your authenticator app', true)}
        <p class="lc-hint">Without your phone, type one of your recovery codes instead.</p>
        <button type="submit" class="lc-btn primary">Sign in</button>
      </form>
      <p class="lc-faint">
        Lost both? An admin can reset your second factor. <a class="lc-link" href="${panelPath}/login">Start again</a>
      </p>`,
  }),

  setUp: ({ qrCode, secret, isReplacement, isRequired, error }: SetUp): PlainPage => ({
    title: isReplacement ? 'Set up another second factor' : 'Set up your second factor',
    wide: true,
    body: html`${isRequired && html`<p>Your role requires one. You cannot continue until it is set up.</p>`}
      ${alert(error)}
      <form class="lc-factor" action="${panelPath}/second-factor/set-up" method="POST">
        <div class="lc-qr">${qrCode}</div>
        <div>
          <ol class="lc-steps">
            <li>Scan this with an authenticator app on your phone, or type the key into it.</li>
            <li>Type the code that it shows.</li>
          </ol>
          <div class="lc-field">
            <span id="key-label" class="lc-label">Key</span>
            <code class="lc-key" aria-labelledby="key-label">${secret.match(/.{1,4}/g)!.join(' ')}</code>
          </div>
          ${isReplacement && codeField('current', 'Code from your current app, or a recovery code', true)}
          ${codeField('code', isReplacement ? 'Code from the new app' : 'Code from the app', !isReplacement)}
          <button type="submit" class="lc-btn primary">Set it up</button>
        </div>
      </form>
      <div class="lc-way-out">
        ${
          isRequired
            ? html`<form action="${panelPath}/logout" method="POST">
                <button type="submit" class="lc-link">Sign out</button>
              </form>`
            : html`<a class="lc-link" href="${panelPath}/account">Back to your account</a>`
        }
      </div>`,
  }),

  /** @param onward the page that was asked for before the sign-in */
  recoveryCodes: (codes: string[], onward: string = panelPath): PlainPage => ({
    title: 'Save your recovery codes',
    body: html`<p class="lc-muted">
        Each signs you in once without your phone. They are shown only now; keep them where you keep passwords, and not
        on the phone.
      </p>
      <ol class="lc-codes">
        ${codes.map((code) => html`<li><code>${code}</code></li>`)}
      </ol>
      <a class="lc-btn primary" href="${onward}">I have saved them</a>`,
  }),

  account: ({ name, email, role, codesLeft, codeError, passwordError, done }: Account): PlainPage => ({
    title: 'Your account',
    wide: true,
    body: html`<p class="lc-muted">${name} · ${email} · ${role}</p>
      ${done && html`<div class="lc-done" role="status"><span aria-hidden="true">✓</span> ${done}</div>`}
      <section>
        <h2>Second factor</h2>
        ${secondFactorState(codesLeft, codeError)}
      </section>
      <section>
        <h2>Password</h2>
        ${alert(passwordError)}
        <form action="${panelPath}/account/password" method="POST">
          <input type="email" name="email" value="${email}" autocomplete="username" readonly hidden />
          <div class="lc-field">
            <label for="current">Current password</label>
            <input
              id="current"
              name="current"
              type="password"
              class="lc-input"
              autocomplete="current-password"
              required
            />
          </div>
          ${newPassword('New password', false)}
          <button type="submit" class="lc-btn">Change the password</button>
        </form>
        <p class="lc-faint">You will be signed out everywhere else.</p>
      </section>
      <p><a class="lc-link" href="${panelPath}">← Back to the console</a></p>`,
  }),
};

interface Welcome {
  name: string;
  email: string;
  token: string;
  error: string | null;
  /** The name of the other person who is signed in on this browser, if any. */
  signedIn: string | null;
}

interface SetUp {
  /** An SVG. */
  qrCode: Html;
  secret: string;
  isReplacement: boolean;
  isRequired: boolean;
  error: string | null;
}

export interface Account {
  name: string;
  email: string;
  role: string;
  /** Recovery codes; `null` without a second factor. */
  codesLeft: number | null;
  codeError?: string;
  passwordError?: string;
  done?: string;
}

function secondFactorState(codesLeft: number | null, error: string | undefined): Html {
  const setUp = (label: string) => html`<a class="lc-btn" href="${panelPath}/second-factor/set-up">${label}</a>`;
  if (codesLeft === null) {
    return html`<p class="lc-muted">Not set up. With a second factor, your password alone is not enough to sign in.</p>
      ${setUp('Set up a second factor')}`;
  }
  const left = formatCount(codesLeft, 'recovery code is', 'recovery codes are');
  return html`<p class="lc-muted">Set up; ${left} left. Setting it up again generates ten new ones.</p>
    ${setUp('Set it up again')}
    <h3>New recovery codes</h3>
    <p class="lc-muted">Ten new codes, shown once; your current codes stop working.</p>
    ${alert(error)}
    <form action="${panelPath}/account/recovery-codes" method="POST">
      ${codeField('code', 'Code from your authenticator app, or a recovery code', false)}
      <button type="submit" class="lc-btn">Generate new recovery codes</button>
    </form>`;
}

function newPassword(label: string, hasFocus: boolean): Html {
  return html`<div class="lc-field">
    <label for="password">${label}</label>
    <input
      id="password"
      name="password"
      type="password"
      class="lc-input"
      autocomplete="new-password"
      minlength="10"
      maxlength="200"
      aria-describedby="password-hint"
      required
      ${hasFocus && 'autofocus'}
    />
    <div id="password-hint" class="lc-hint">At least 10 characters.</div>
  </div>`;
}

function codeField(name: string, label: string, hasFocus: boolean): Html {
  return html`<div class="lc-field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      class="lc-input lc-code-input"
      autocomplete="one-time-code"
      autocapitalize="none"
      spellcheck="false"
      maxlength="30"
      required
      ${hasFocus && 'autofocus'}
    />
  </div>`;
}
