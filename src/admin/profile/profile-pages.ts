import { alert, html, type Html, type PlainPage } from '../http/plain-page.js';
import { panelPath } from '../http/paths.js';

/** The pages of an account: choosing a password, giving and setting up a second factor, the person's own account. */
export const profilePages = {
  welcome: ({ name, email, token, refusal, signedIn }: Welcome): PlainPage => ({
    title: `Welcome, ${name}`,
    body: html`<p class="lc-muted">
        Choose the password for ${email}. The link works this once; wherever you are signed in, that ends.
      </p>
      ${signedIn && html`<p>${signedIn} is signed in on this browser; setting the password signs them out here.</p>`}
      ${alert(refusal)}
      <form action="${panelPath}/welcome" method="POST">
        <input type="hidden" name="token" value="${token}" />
        <input type="email" name="email" value="${email}" autocomplete="username" readonly hidden />
        ${newPassword('New password', true)}
        <button type="submit" class="lc-btn primary">Set the password</button>
      </form>`,
  }),

  worthlessLink: (refusal: string | null): PlainPage => ({
    title: 'This link does not work any more',
    body: html`${alert(refusal)}
      <p class="lc-muted">
        It was used already, is older than 24 hours, or a newer one took its place. Ask an admin for another.
      </p>
      <a class="lc-btn" href="${panelPath}/login">To the sign-in</a>`,
  }),

  passwordSet: (): PlainPage => ({
    title: 'Your password is set',
    body: html`<p class="lc-muted">Sign in with it now.</p>
      <a class="lc-btn primary" href="${panelPath}/login">Sign in</a>`,
  }),

  code: (refusal: string | null): PlainPage => ({
    title: 'Enter your code',
    body: html`${alert(refusal)}
      <form action="${panelPath}/second-factor" method="POST">
        ${codeField('code', 'Code from your authenticator app', true)}
        <p class="lc-hint">Without your phone, type one of your recovery codes instead.</p>
        <button type="submit" class="lc-btn primary">Sign in</button>
      </form>
      <p class="lc-faint">
        Lost both? An admin can reset your second factor. <a class="lc-link" href="${panelPath}/login">Start again</a>
      </p>`,
  }),

  setUp: ({ picture, secret, replaces, must, refusal }: SetUp): PlainPage => ({
    title: replaces ? 'Set up another second factor' : 'Set up your second factor',
    wide: true,
    body: html`${must && html`<p>Your role needs one. Nothing else works until it is set up.</p>`} ${alert(refusal)}
      <form class="lc-factor" action="${panelPath}/second-factor/set-up" method="POST">
        <div class="lc-qr">${picture}</div>
        <div>
          <ol class="lc-steps">
            <li>Scan this with an authenticator app on your phone, or type the key into it.</li>
            <li>Type the code that it shows.</li>
          </ol>
          <div class="lc-field">
            <span id="key-label" class="lc-label">Key</span>
            <code class="lc-key" aria-labelledby="key-label">${secret.match(/.{1,4}/g)!.join(' ')}</code>
          </div>
          ${replaces && codeField('current', 'Code from your present app, or a recovery code', true)}
          ${codeField('code', replaces ? 'Code from the new app' : 'Code from the app', !replaces)}
          <button type="submit" class="lc-btn primary">Set it up</button>
        </div>
      </form>
      <div class="lc-way-out">
        ${
          must
            ? html`<form action="${panelPath}/logout" method="POST">
                <button type="submit" class="lc-link">Sign out</button>
              </form>`
            : html`<a class="lc-link" href="${panelPath}/account">Back to your account</a>`
        }
      </div>`,
  }),

  recoveryCodes: (codes: string[]): PlainPage => ({
    title: 'Keep your recovery codes',
    body: html`<p class="lc-muted">
        Each signs you in once without your phone. They are shown only now; keep them where you keep passwords, and not
        on the phone.
      </p>
      <ol class="lc-codes">
        ${codes.map((code) => html`<li><code>${code}</code></li>`)}
      </ol>
      <a class="lc-btn primary" href="${panelPath}">I have kept them</a>`,
  }),

  account: ({ name, email, role, codesLeft, codeRefusal, passwordRefusal, done }: Account): PlainPage => ({
    title: 'Your account',
    wide: true,
    body: html`<p class="lc-muted">${name} · ${email} · ${role}</p>
      ${done && html`<div class="lc-done" role="status"><span aria-hidden="true">✓</span> ${done}</div>`}
      <section>
        <h2>Second factor</h2>
        ${secondFactorState(codesLeft, codeRefusal)}
      </section>
      <section>
        <h2>Password</h2>
        ${alert(passwordRefusal)}
        <form action="${panelPath}/account/password" method="POST">
          <input type="email" name="email" value="${email}" autocomplete="username" readonly hidden />
          <div class="lc-field">
            <label for="current">Present password</label>
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
        <p class="lc-faint">Everywhere else you are signed in, that ends.</p>
      </section>
      <p><a class="lc-link" href="${panelPath}">← Back to the console</a></p>`,
  }),
};

interface Welcome {
  name: string;
  email: string;
  token: string;
  refusal: string | null;
  /** Who else is signed in on this browser. */
  signedIn: string | null;
}

interface SetUp {
  /** The QR code. */
  picture: Html;
  secret: string;
  replaces: boolean;
  must: boolean;
  refusal: string | null;
}

/** What the page of the own account shows. */
export interface Account {
  name: string;
  email: string;
  role: string;
  /** `null` without a second factor. */
  codesLeft: number | null;
  /** Why there are no new recovery codes, and no new password. */
  codeRefusal?: string;
  passwordRefusal?: string;
  done?: string;
}

function secondFactorState(codesLeft: number | null, refusal: string | undefined): Html {
  const setUp = (words: string) => html`<a class="lc-btn" href="${panelPath}/second-factor/set-up">${words}</a>`;
  if (codesLeft === null) {
    return html`<p class="lc-muted">Not set up. With one, your password alone signs nobody in.</p>
      ${setUp('Set up a second factor')}`;
  }
  const left = codesLeft === 1 ? '1 recovery code is' : `${codesLeft} recovery codes are`;
  return html`<p class="lc-muted">
      Set up; ${left} left. Setting it up again, on another phone too, makes ten new ones.
    </p>
    ${setUp('Set it up again')}
    <h3>New recovery codes</h3>
    <p class="lc-muted">Ten new ones, shown once; those that you have now stop working.</p>
    ${alert(refusal)}
    <form action="${panelPath}/account/recovery-codes" method="POST">
      ${codeField('code', 'Code from your authenticator app, or a recovery code', false)}
      <button type="submit" class="lc-btn">Make new recovery codes</button>
    </form>`;
}

function newPassword(label: string, first: boolean): Html {
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
      ${first && 'autofocus'}
    />
    <div id="password-hint" class="lc-hint">At least 10 characters.</div>
  </div>`;
}

function codeField(name: string, label: string, first: boolean): Html {
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
      ${first && 'autofocus'}
    />
  </div>`;
}
