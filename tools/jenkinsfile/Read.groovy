// Prints, as one JSON list, how Groovy parses each file named; nothing of the file is run.
// A node is {kind, line, value, parts}; reading.py says which kinds there are.
import groovy.json.JsonOutput
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.*
import org.codehaus.groovy.control.messages.SyntaxErrorMessage

Map node(String kind, at, value = null, List parts = []) {
    [kind: kind, line: at.lineNumber, value: value, parts: parts]
}

List all(nodes) { nodes.collect { read(it) } }

Map read(it) {
    switch (it) {
        case ExpressionStatement: return read(it.expression)
        case ReturnStatement: return read(it.expression)
        case ClosureExpression: return node('block', it, null, all(it.code.statements))
        case MethodCallExpression: return call(it)
        case ConstantExpression: return node('constant', it, it.value)
        case GStringExpression: return node('text', it, null, all(pieces(it)))
        case DeclarationExpression: return other(it)
        case VariableExpression: return node('name', it, it.name)
        case PropertyExpression: return property(it)
        case NotExpression: return node('not', it, null, [read(it.expression)])
        case BooleanExpression: return read(it.expression)
        case BinaryExpression:
            return node('operation', it, it.operation.text, all([it.leftExpression, it.rightExpression]))
        case ListExpression: return node('list', it, null, all(it.expressions))
        case MapEntryExpression: return node('entry', it, it.keyExpression.text, [read(it.valueExpression)])
        default: return other(it)
    }
}

Map other(it) { node('other', it, it.class.simpleName - 'Statement' - 'Expression') }

List pieces(GStringExpression it) { // strings and values by turns, a string first and last
    it.strings.withIndex().collectMany { string, i -> i < it.values.size() ? [string, it.values[i]] : [string] }
}

Map property(PropertyExpression it) {
    if (it.safe || it.spreadSafe) return other(it)
    return node('property', it, it.propertyAsString, [read(it.objectExpression)])
}

Map call(MethodCallExpression it) {
    if (!(it.method instanceof ConstantExpression) || it.safe || it.spreadSafe) return other(it)
    def given = it.arguments instanceof TupleExpression ? it.arguments.expressions : [it.arguments]
    def flat = given.collectMany { it instanceof MapExpression ? it.mapEntryExpressions : [it] }
    return node(it.implicitThis ? 'call' : 'chain', it.method, it.method.value, all(flat))
}

Map file(String path) {
    def unit = new CompilationUnit()
    unit.addSource(new File(path))
    try {
        unit.compile(Phases.CONVERSION)
    } catch (MultipleCompilationErrorsException failure) {
        def first = failure.errorCollector.errors.find { it instanceof SyntaxErrorMessage }
        if (!first) throw failure
        return node('error', [lineNumber: first.cause.line], first.cause.originalMessage)
    }
    def module = unit.AST.modules[0]
    def statics = module.staticImports.values() + module.staticStarImports.values()
    def more = (module.imports + module.starImports + statics + module.methods).collect { other(it) }
    more += module.classes.findAll { !it.script }.collect { other(it) }
    return node('block', [lineNumber: 1], null, more + all(module.statementBlock.statements))
}

println JsonOutput.toJson(args.collect { file(it) })
