/** Imported before the application: browsers get the panel's scripts as they are shipped, not those for its development. */
process.env.NODE_ENV = 'production';
process.env.ADMIN_JS_SKIP_BUNDLE = 'true';
