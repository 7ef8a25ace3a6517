import ts from 'typescript';
import { either, PARAMETER, sideBySide, toSql, unknown, withoutNamed, type Scope, type Value } from './values.js';

const MAX_DEPTH = 60;

/** Reads from the code itself, without running it, which statements it composes with `sql`. */
export class SqlEvaluator {
  private depth = 0;

  /** The calls of the code by the name of what is called: only those that are asked about are resolved, which takes long. */
  private readonly calls = new Map<string, ts.CallExpression[]>();

  constructor(
    private readonly checker: ts.TypeChecker,
    sourceFiles: readonly ts.SourceFile[],
  ) {
    sourceFiles.forEach((file) => this.collectCalls(file));
  }

  private collectCalls(node: ts.Node): void {
    if (ts.isCallExpression(node)) {
      const name = toName(node.expression);
      this.calls.set(name, [...(this.calls.get(name) ?? []), node]);
    }
    ts.forEachChild(node, (child) => this.collectCalls(child));
  }

  private callsOf(called: ts.SignatureDeclaration): ts.CallExpression[] {
    const holder = called.name ? called : called.parent;
    const { name } = holder as Partial<ts.NamedDeclaration>;
    const calls = (name && this.calls.get(name.getText())) ?? [];
    return calls.filter((call) => this.checker.getResolvedSignature(call)?.declaration === called);
  }

  /** @returns the texts of the statement, parameters as `PARAMETER`; `null` where the code does not tell */
  texts(expression: ts.Expression): string[] | null {
    const value = this.evaluate(expression, { values: new Map() });
    return value.kind === 'sql' ? value.texts : null;
  }

  /** The same of each statement in a list; `null` where the code does not tell what is in it. */
  textsOfEach(expression: ts.Expression): (string[] | null)[] | null {
    const value = this.evaluate(expression, { values: new Map() });
    return value.kind === 'list' ? value.items.map((item) => (item.kind === 'sql' ? item.texts : null)) : null;
  }

  private evaluate(node: ts.Expression, scope: Scope): Value {
    if (this.depth > MAX_DEPTH) return unknown;
    this.depth += 1;
    try {
      return this.evaluateNode(node, scope);
    } finally {
      this.depth -= 1;
    }
  }

  private evaluateNode(node: ts.Expression, scope: Scope): Value {
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node))
      return this.evaluate(node.expression, scope);
    if (ts.isSatisfiesExpression(node) || ts.isAwaitExpression(node)) return this.evaluate(node.expression, scope);
    if (ts.isTaggedTemplateExpression(node)) return this.template(node, scope);
    if (ts.isConditionalExpression(node)) return this.choice([node.whenTrue, node.whenFalse], scope);
    if (ts.isBinaryExpression(node)) return this.binary(node, scope);
    if (ts.isStringLiteralLike(node)) return { kind: 'text', texts: [node.text] };
    if (ts.isTemplateExpression(node)) return this.plainTemplate(node, scope);
    if (ts.isArrayLiteralExpression(node)) return this.array(node.elements, scope);
    if (ts.isObjectLiteralExpression(node)) return this.object(node, scope);
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return { kind: 'function', node, scope };
    if (ts.isPropertyAccessExpression(node)) return this.property(node, scope);
    if (ts.isElementAccessExpression(node)) return this.element(node, scope);
    if (ts.isIdentifier(node)) return this.identifier(node, scope);
    if (ts.isCallExpression(node)) return this.call(node, scope);
    return unknown;
  }

  private template({ template }: ts.TaggedTemplateExpression, scope: Scope): Value {
    if (ts.isNoSubstitutionTemplateLiteral(template)) return { kind: 'sql', texts: [template.text] };
    const parts = template.templateSpans.map(({ expression }) => this.part(expression, scope));
    if (parts.some(({ kind }) => kind !== 'sql')) return unknown;
    const texts = parts.map((part) => (part.kind === 'sql' ? part.texts : []));
    return {
      kind: 'sql',
      texts: sideBySide(texts).map((chosen) =>
        template.templateSpans.reduce((text, span, n) => text + chosen[n]! + span.literal.text, template.head.text),
      ),
    };
  }

  private part(expression: ts.Expression, scope: Scope): Value {
    const parameter: Value = { kind: 'sql', texts: [PARAMETER] };
    const types = this.typesOf(expression);
    if (!types.some(isSql)) return parameter;
    const value = this.evaluate(expression, scope);
    // What may also be a plain value is one where the code does not say that it is SQL.
    return value.kind !== 'sql' && !types.every(isSql) ? parameter : value;
  }

  private plainTemplate(node: ts.TemplateExpression, scope: Scope): Value {
    const parts = node.templateSpans.map(({ expression }) => this.constantTexts(expression, scope));
    if (parts.some((part) => part === null)) return unknown;
    return {
      kind: 'text',
      texts: sideBySide(parts as string[][]).map((chosen) =>
        node.templateSpans.reduce((text, span, n) => text + chosen[n]! + span.literal.text, node.head.text),
      ),
    };
  }

  private binary({ left, operatorToken, right }: ts.BinaryExpression, scope: Scope): Value {
    if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return this.choice([left, right], scope);
    if (operatorToken.kind === ts.SyntaxKind.BarBarToken) return this.choice([left, right], scope);
    if (operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) return this.evaluate(right, scope);
    return unknown;
  }

  private choice(nodes: readonly ts.Expression[], scope: Scope): Value {
    return either(nodes.map((node) => this.evaluate(node, scope)));
  }

  private array(elements: readonly ts.Expression[], scope: Scope): Value {
    const items = elements.flatMap((element): Value[] => {
      if (!ts.isSpreadElement(element)) return [this.evaluate(element, scope)];
      const spread = this.evaluate(element.expression, scope);
      return spread.kind === 'list' ? spread.items : [];
    });
    return { kind: 'list', items };
  }

  private object(node: ts.ObjectLiteralExpression, scope: Scope): Value {
    const fields = new Map<string, Value>();
    for (const property of node.properties) {
      if (ts.isPropertyAssignment(property)) {
        const name = ts.isComputedPropertyName(property.name) ? null : property.name.text;
        if (name !== null) fields.set(name, this.evaluate(property.initializer, scope));
      } else if (ts.isShorthandPropertyAssignment(property)) {
        const symbol = this.checker.getShorthandAssignmentValueSymbol(property);
        if (symbol) fields.set(property.name.text, this.symbol(symbol, scope));
      } else if (ts.isSpreadAssignment(property)) {
        const spread = this.evaluate(property.expression, scope);
        if (spread.kind === 'object') spread.fields.forEach((value, name) => fields.set(name, value));
      }
    }
    return { kind: 'object', fields };
  }

  private property(node: ts.PropertyAccessExpression, scope: Scope): Value {
    const owner = this.evaluate(node.expression, scope);
    if (owner.kind === 'object') return owner.fields.get(node.name.text) ?? unknown;
    const symbol = this.checker.getSymbolAtLocation(node.name);
    return symbol && owner.kind === 'unknown' ? this.symbol(symbol, scope) : unknown;
  }

  /** Of a table of parts any may be meant. */
  private element(node: ts.ElementAccessExpression, scope: Scope): Value {
    const owner = this.evaluate(node.expression, scope);
    if (owner.kind === 'object') return either([...owner.fields.values()]);
    return owner.kind === 'list' ? either(owner.items) : unknown;
  }

  private identifier(node: ts.Identifier, scope: Scope): Value {
    const symbol = this.checker.getSymbolAtLocation(node);
    return symbol ? this.symbol(symbol, scope) : unknown;
  }

  private symbol(found: ts.Symbol, scope: Scope): Value {
    const symbol = found.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(found) : found;
    const bound = scope.values.get(symbol);
    if (bound) return bound;
    if (symbol.name === 'empty' || symbol.name === 'noSql') return { kind: 'sql', texts: [''] };
    const declaration = symbol.valueDeclaration;
    if (!declaration) return unknown;
    if (ts.isFunctionDeclaration(declaration) || ts.isMethodDeclaration(declaration))
      return { kind: 'function', node: declaration, scope };
    if (ts.isBindingElement(declaration)) return this.bindingElement(declaration, scope);
    if (ts.isParameter(declaration)) return this.parameter(declaration, scope);
    if (ts.isVariableDeclaration(declaration))
      return this.withPushed(symbol, declaration, this.variable(declaration, scope), scope);
    if (ts.isPropertyDeclaration(declaration) && declaration.initializer)
      return this.evaluate(declaration.initializer, scope);
    return unknown;
  }

  /** The variable of a loop is any item of its list. */
  private variable(declaration: ts.VariableDeclaration, scope: Scope): Value {
    if (declaration.initializer) return this.evaluate(declaration.initializer, scope);
    const loop = declaration.parent.parent;
    if (!ts.isForOfStatement(loop)) return unknown;
    const list = this.evaluate(loop.expression, scope);
    return list.kind === 'list' ? either(list.items) : unknown;
  }

  /** What the callers pass, where the parameter itself is what is asked about. */
  private parameter(declaration: ts.ParameterDeclaration, scope: Scope): Value {
    if (declaration.initializer) return this.evaluate(declaration.initializer, scope);
    if (!this.typesOf(declaration.name).some(isSql)) return unknown;
    return this.passed(declaration);
  }

  private passed(declaration: ts.ParameterDeclaration): Value {
    const place = declaration.parent.parameters.indexOf(declaration);
    const passed = this.callsOf(declaration.parent).flatMap(({ arguments: args }) => args[place] ?? []);
    return either(passed.map((arg) => this.evaluate(arg, { values: new Map() })));
  }

  private bindingElement(element: ts.BindingElement, scope: Scope): Value {
    const owner = element.parent.parent;
    const name = (element.propertyName ?? element.name).getText();
    const fallback = () => (element.initializer ? this.evaluate(element.initializer, scope) : unknown);
    const isAskedOfCallers = element.dotDotDotToken ?? this.typesOf(element.name).some(isSql);
    if (!ts.isVariableDeclaration(owner) && !(ts.isParameter(owner) && isAskedOfCallers)) return fallback();
    const value = ts.isParameter(owner) ? this.passed(owner) : this.variable(owner, scope);
    if (element.dotDotDotToken) return withoutNamed(value, element.parent);
    if (value.kind === 'list' && ts.isArrayBindingPattern(element.parent))
      return value.items[element.parent.elements.indexOf(element)] ?? fallback();
    return value.kind === 'object' ? (value.fields.get(name) ?? fallback()) : fallback();
  }

  /** A list that grows by `push` has everything that is pushed anywhere in its function. */
  private withPushed(symbol: ts.Symbol, declaration: ts.Declaration, value: Value, scope: Scope): Value {
    if (value.kind !== 'list') return value;
    const items = [...value.items];
    const body = ts.findAncestor(declaration, (node) => ts.isFunctionLike(node) || ts.isSourceFile(node))!;
    const visit = (node: ts.Node): void => {
      if (
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        node.expression.name.text === 'push' &&
        this.checker.getSymbolAtLocation(node.expression.expression) === symbol
      ) {
        const pushed = this.array([...node.arguments], scope);
        if (pushed.kind === 'list') items.push(...pushed.items);
      }
      ts.forEachChild(node, visit);
    };
    visit(body);
    return { kind: 'list', items };
  }

  private call(node: ts.CallExpression, scope: Scope): Value {
    const callee = node.expression;
    const name = toName(callee);
    const [first, second] = node.arguments;
    if (name === 'joinSql' && first) return this.join(first, second, scope);
    if (name === 'togetherSql' && first) return this.together(first, second, scope);
    if (name === 'literal' && first) return { kind: 'sql', texts: ['1'] };
    if ((name === 'identifier' || name === 'raw') && first) return toSql(this.constantTexts(first, scope));
    if (name === 'quoted' && first)
      return toSql((this.constantTexts(first, scope) ?? ['a column']).map((text) => `"${text}"`));
    if (ts.isPropertyAccessExpression(callee) && (name === 'map' || name === 'flatMap'))
      return this.map(callee.expression, first, scope);
    const target = this.evaluate(callee, scope);
    return target.kind === 'function' ? this.apply(target, node.arguments, scope) : unknown;
  }

  private join(list: ts.Expression, separator: ts.Expression | undefined, scope: Scope): Value {
    const value = this.evaluate(list, scope);
    if (value.kind !== 'list' || value.items.length === 0) return unknown;
    const [between = ','] = (separator && this.constantTexts(separator, scope)) ?? [];
    const parts = value.items.map((item) => (item.kind === 'sql' ? item.texts : [PARAMETER]));
    return { kind: 'sql', texts: sideBySide(parts).map((chosen) => chosen.join(between)) };
  }

  /** The named parts that the code tells; those whose names are made by a loop are statements elsewhere too. */
  private together(parts: ts.Expression, result: ts.Expression | undefined, scope: Scope): Value {
    const value = this.evaluate(parts, scope);
    const selected: Value = result ? this.evaluate(result, scope) : { kind: 'sql', texts: ['SELECT WHERE false'] };
    if (value.kind !== 'object' || value.fields.size === 0 || selected.kind !== 'sql') return unknown;
    const fields = [...value.fields];
    if (fields.some(([, part]) => part.kind !== 'sql')) return unknown;
    const named = fields.map(([name, part]) =>
      // What changes rows beside its own result cannot be a part, and is a statement of its own.
      (part as { texts: string[] }).texts
        .filter((text) => !/^\s*WITH/.test(text))
        .map((text) => `${name} AS (${text})`),
    );
    const choices = sideBySide([...named, selected.texts]);
    return { kind: 'sql', texts: choices.map((chosen) => `WITH ${chosen.slice(0, -1).join(', ')} ${chosen.at(-1)}`) };
  }

  /** Of a list that is not known the function is applied to one element that is not known. */
  private map(list: ts.Expression, mapper: ts.Expression | undefined, scope: Scope): Value {
    const value = this.evaluate(list, scope);
    const target = mapper && this.evaluate(mapper, scope);
    if (target?.kind !== 'function') return unknown;
    const items = value.kind === 'list' ? value.items : [unknown];
    const mapped = items.map((item) => this.applyTo(target, [item]));
    return { kind: 'list', items: mapped.flatMap((item) => (item.kind === 'list' ? item.items : [item])) };
  }

  private apply(target: Value & { kind: 'function' }, args: readonly ts.Expression[], scope: Scope): Value {
    return this.applyTo(
      target,
      args.map((arg) => this.evaluate(arg, scope)),
    );
  }

  private applyTo({ node, scope }: Value & { kind: 'function' }, args: readonly Value[]): Value {
    const values = new Map(scope.values);
    node.parameters.forEach(({ name }, place) => {
      const arg = args[place];
      if (arg) this.bind(name, arg, values);
    });
    const body = (node as ts.FunctionLikeDeclaration).body;
    if (!body) return unknown;
    if (!ts.isBlock(body)) return this.evaluate(body, { values });
    return either(returnsOf(body).map((returned) => this.evaluate(returned, { values })));
  }

  private bind(name: ts.BindingName, value: Value, values: Map<ts.Symbol, Value>): void {
    if (ts.isIdentifier(name)) {
      const symbol = this.checker.getSymbolAtLocation(name);
      if (symbol) values.set(symbol, value);
      return;
    }
    if (value.kind !== 'object' || !ts.isObjectBindingPattern(name)) return;
    for (const element of name.elements) {
      const field = value.fields.get((element.propertyName ?? element.name).getText());
      if (field) this.bind(element.name, field, values);
    }
  }

  /** The texts that a string expression may have; by its type where the code does not tell otherwise. */
  private constantTexts(node: ts.Expression, scope: Scope): string[] | null {
    const value = this.evaluate(node, scope);
    if (value.kind === 'text') return value.texts;
    const types = this.typesOf(node);
    const literals = types.flatMap((one) =>
      one.isStringLiteral() || one.isNumberLiteral() ? [String(one.value)] : [],
    );
    return literals.length > 0 && literals.length === types.length ? literals : null;
  }

  private typesOf(node: ts.Node): readonly ts.Type[] {
    const type = this.checker.getTypeAtLocation(node);
    return type.isUnion() ? type.types : [type];
  }
}

function toName(callee: ts.Expression): string {
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
}

function isSql(type: ts.Type): boolean {
  return type.getSymbol()?.name === 'Sql';
}

/** Statements are returned by the function itself, not by those inside it. */
function returnsOf(body: ts.Node): ts.Expression[] {
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isReturnStatement(node) && node.expression) found.push(node.expression);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return found;
}
