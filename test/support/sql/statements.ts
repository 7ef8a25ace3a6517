import path from 'node:path';
import ts from 'typescript';
import { SqlEvaluator } from './evaluate.js';
import { PARAMETER } from './values.js';

export interface SourceStatement {
  /** `src/queue/queue.service.ts:120` */
  place: string;
  text: string;
}

/** Every statement that the code of `src` sends with the functions of `core/sql.ts`, and the places where the code does not tell which. */
export function readStatements(root: string): { statements: SourceStatement[]; unread: string[] } {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = createProgramOfOurs(fileNames, options);
  const ours = program.getSourceFiles().filter((file) => path.relative(root, file.fileName).startsWith('src/'));
  const evaluator = new SqlEvaluator(program.getTypeChecker(), ours);
  const statements: SourceStatement[] = [];
  const unread: string[] = [];
  for (const file of ours) {
    const name = path.relative(root, file.fileName);
    if (passingOn.has(name)) continue;
    const visit = (node: ts.Node): void => {
      const call = ts.isCallExpression(node) ? getSending(node) : ts.isNewExpression(node) ? getBatched(node) : null;
      if (call) {
        const place = `${name}:${file.getLineAndCharacterOfPosition(call.sent.getStart()).line + 1}`;
        const each = call.isList ? evaluator.textsOfEach(call.sent) : [evaluator.texts(call.sent)];
        for (const texts of each ?? [null]) {
          if (texts) statements.push(...texts.map((text) => ({ place, text: numbered(text) })));
          else unread.push(place);
        }
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { statements, unread };
}

/** Without the types of packages, which no statement depends on: reading those takes four times as long as the code. */
function createProgramOfOurs(fileNames: string[], { lib: _lib, ...options }: ts.CompilerOptions): ts.Program {
  const ours: ts.CompilerOptions = { ...options, noEmit: true, types: [], lib: ['lib.es2023.d.ts'] };
  const host = ts.createCompilerHost(ours);
  host.resolveModuleNameLiterals = (literals, containingFile, redirected, compilerOptions) =>
    literals.map(({ text }) =>
      text.startsWith('.') || text === 'sql-template-tag'
        ? ts.resolveModuleName(text, containingFile, compilerOptions, host, undefined, redirected)
        : { resolvedModule: undefined },
    );
  return ts.createProgram(fileNames, ours, host);
}

/** These send what other files compose. */
const passingOn = new Set(['src/core/sql.ts', 'src/core/statement-batch.ts']);
const sendingOne = new Set(['queryRow', 'queryRows', 'queryShortRow', 'queryWithCommit']);

function getSending({ expression, arguments: [, sent] }: ts.CallExpression) {
  if (!ts.isIdentifier(expression) || !sent) return null;
  const isList = expression.text === 'queryTogether';
  return isList || sendingOne.has(expression.text) ? { sent, isList } : null;
}

/** What `toSql` of a new `StatementBatch` returns. */
function getBatched({ expression, arguments: [batched] = [] as never }: ts.NewExpression) {
  if (!ts.isIdentifier(expression) || expression.text !== 'StatementBatch') return null;
  const toSql = ts.isObjectLiteralExpression(batched!)
    ? batched.properties.find((property) => property.name?.getText() === 'toSql')
    : undefined;
  if (!toSql || !ts.isPropertyAssignment(toSql) || !ts.isArrowFunction(toSql.initializer)) {
    throw new Error(`toSql is not an arrow function: ${batched?.getText()}`);
  }
  return { sent: toSql.initializer.body as ts.Expression, isList: false };
}

function numbered(text: string): string {
  let place = 0;
  return text.replaceAll(PARAMETER, () => `$${(place += 1)}`);
}
