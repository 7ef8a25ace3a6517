import React from 'react';
import { useTranslation } from 'adminjs';
import { useFirstFieldFocus } from '../../lib/use-first-field.js';

interface LoginState {
  action?: string;
  errorMessage?: string | null;
}

declare global {
  interface Window {
    __APP_STATE__?: LoginState;
  }
}

/** A plain HTML form: it works without the panel's API. */
const LoginPage: React.FC = () => {
  const { action = '/admin/login', errorMessage } = window.__APP_STATE__ ?? {};
  const { translateMessage } = useTranslation();
  const form = useFirstFieldFocus();
  // AdminJS passes keys of its translations, our own refusals are sentences.
  const message = errorMessage?.includes(' ') ? errorMessage : errorMessage && translateMessage(errorMessage);

  return (
    <main className="lc-login">
      <form ref={form} className="lc-card" action={action} method="POST">
        <div className="lc-brand">
          <span className="lc-brand-mark" aria-hidden="true">
            L
          </span>
          Lease console
        </div>
        <h1>Sign in</h1>
        {message && (
          <div className="lc-alert" role="alert">
            <span aria-hidden="true">▲</span>
            <div>{message}</div>
          </div>
        )}
        <div className="lc-field">
          <label htmlFor="email">Email</label>
          <input
            id="email"
            name="email"
            type="email"
            className="lc-input"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={254}
            required
          />
        </div>
        <div className="lc-field">
          <label htmlFor="password">Password</label>
          <input
            id="password"
            name="password"
            type="password"
            className="lc-input"
            autoComplete="current-password"
            required
          />
        </div>
        <button type="submit" className="lc-btn primary">
          Sign in
        </button>
        <p className="lc-faint">For Layers staff. An admin creates accounts and resets passwords.</p>
      </form>
    </main>
  );
};

export default LoginPage;
