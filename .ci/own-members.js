import ts from 'typescript';

const isAnyText = (type) => (type.isUnion() ? type.types.some(isAnyText) : (type.flags & ts.TypeFlags.String) !== 0);

/** What is written to, or removed, is not asked. */
function isRead(node) {
  const { parent } = node;
  if (parent.type === 'AssignmentExpression') return parent.left !== node;
  return !(parent.type === 'UnaryExpression' && parent.operator === 'delete');
}

/** Whether what is around says `Object.hasOwn(table, name) ? table[name] : …`. */
function isGuarded(node, sourceCode) {
  const { parent } = node;
  if (parent.type !== 'ConditionalExpression' || parent.consequent !== node) return false;
  const asked = `Object.hasOwn(${sourceCode.getText(node.object)}, ${sourceCode.getText(node.property)})`;
  return sourceCode.getText(parent.test) === asked;
}

/**
 * Finds tables that are asked with a name that can be any text: `constructor` and `toString` are in each of them. What
 * has members of unknown types is a document, and its members have the names that the contract gives them.
 */
export const ownMembers = {
  meta: {
    type: 'problem',
    messages: { inherited: 'A table has inherited members too: ask it with lookup(table, name), or make it a Map.' },
    schema: [],
  },
  create(context) {
    const { sourceCode } = context;
    const { program, esTreeNodeToTSNodeMap } = sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const typeOf = (node) => checker.getTypeAtLocation(esTreeNodeToTSNodeMap.get(node));
    const isTable = (type) => {
      if (type.isUnion()) return type.types.some(isTable);
      if (checker.isArrayLikeType(type) || (type.flags & ts.TypeFlags.Object) === 0) return false;
      const members = checker.getIndexInfoOfType(type, ts.IndexKind.String)?.type;
      return members === undefined || (members.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) === 0;
    };
    return {
      MemberExpression(node) {
        if (!node.computed || node.property.type === 'Literal' || !isRead(node)) return;
        if (!isAnyText(typeOf(node.property)) || !isTable(typeOf(node.object))) return;
        if (!isGuarded(node, sourceCode)) context.report({ node, messageId: 'inherited' });
      },
    };
  },
};
