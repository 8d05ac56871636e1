using NUnit.Framework;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;
using NUnit.Framework.Internal.Builders;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>
/// A fixture that runs twice: on the run's Redis, and on the embedded server of a local run, where its name ends in
/// <c>OnGarnet</c>. The fixture does nothing for that: <see cref="TestServices"/> gives it the server it runs on. In a Release
/// build, which embeds nothing, it runs once.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OnEachServerAttribute : NUnitAttribute, IFixtureBuilder2
{
    /// <summary>The property of a fixture that runs on the embedded server.</summary>
    public const string Garnet = nameof(Garnet);

    private readonly NUnitTestFixtureBuilder _builder = new();

    public IEnumerable<TestSuite> BuildFrom(ITypeInfo typeInfo) => BuildFrom(typeInfo, new EveryTest());

    public IEnumerable<TestSuite> BuildFrom(ITypeInfo typeInfo, IPreFilter filter)
    {
        yield return _builder.BuildFrom(typeInfo, filter);
#if EMBEDDED_REDIS
        var onGarnet = new TestFixtureAttribute { TestName = $"{typeInfo.Name}On{Garnet}" };
        onGarnet.Properties.Set(Garnet, true);
        var suite = _builder.BuildFrom(typeInfo, filter, onGarnet);
        Skip(suite);
        yield return suite;
#endif
    }

#if EMBEDDED_REDIS
    private static void Skip(ITest test)
    {
        foreach (var child in test.Tests.OfType<Test>())
        {
            Skip(child);
            if (child.Method?.GetCustomAttributes<NotOnGarnetAttribute>(inherit: true).FirstOrDefault() is { } not)
            {
                child.RunState = RunState.Skipped;
                child.Properties.Set(PropertyNames.SkipReason, $"Garnet: {not.Reason}");
            }
        }
    }
#endif

    private sealed class EveryTest : IPreFilter
    {
        public bool IsMatch(Type type) => true;

        public bool IsMatch(Type type, System.Reflection.MethodInfo method) => true;
    }
}
