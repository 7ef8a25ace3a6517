/** In place of AdminJS's bundler, which loads Babel and Rollup: tests use the panel that the build has made. */
export default undefined;
