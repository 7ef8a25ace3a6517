import path from 'node:path';
import ts from 'typescript';
import { PARAMETER, SqlEvaluator } from './evaluate.js';

export interface SourceStatement {
  /** `src/queue/queue.service.ts:120` */
  place: string;
  text: string;
}

/** Every statement that the code of `src` sends with `queryRow`, `queryRows` and `queryTogether`, and the places where the code does not tell which. */
export function readStatements(root: string): { statements: SourceStatement[]; unread: string[] } {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(fileNames, { ...options, noEmit: true });
  const ours = program.getSourceFiles().filter((file) => path.relative(root, file.fileName).startsWith('src/'));
  const evaluator = new SqlEvaluator(program.getTypeChecker(), ours);
  const statements: SourceStatement[] = [];
  const unread: string[] = [];
  for (const file of ours) {
    const name = path.relative(root, file.fileName);
    if (name === 'src/core/sql.ts') continue;
    const visit = (node: ts.Node): void => {
      for (const sent of ts.isCallExpression(node) ? getSent(node) : []) {
        const place = `${name}:${file.getLineAndCharacterOfPosition(sent.getStart()).line + 1}`;
        const texts = evaluator.texts(sent);
        if (texts) statements.push(...texts.map((text) => ({ place, text: numbered(text) })));
        else unread.push(place);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return { statements, unread };
}

function getSent({ expression, arguments: args }: ts.CallExpression): readonly ts.Expression[] {
  if (!ts.isIdentifier(expression) || !args[1]) return [];
  if (expression.text === 'queryRow' || expression.text === 'queryRows') return [args[1]];
  if (expression.text !== 'queryTogether') return [];
  return ts.isArrayLiteralExpression(args[1]) ? args[1].elements : [args[1]];
}

function numbered(text: string): string {
  let place = 0;
  return text.replaceAll(PARAMETER, () => `$${(place += 1)}`);
}
