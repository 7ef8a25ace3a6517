/** What our programs need of this environment where nothing else of it may reach them; what V8 compiles of one start serves the next. */
export const programEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.TEST_COMPILE_CACHE,
};
