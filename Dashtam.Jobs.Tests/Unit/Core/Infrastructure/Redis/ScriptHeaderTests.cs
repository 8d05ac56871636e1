using Dashtam.Jobs.Core.Infrastructure.Redis;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Redis;

[Category("Unit")]
internal sealed class ScriptHeaderTests
{
    private const string Fixed = "-- Does something.\n-- KEYS[1]  q  LIST\n-- KEYS[2]  result STRING; may be\n--          absent\n-- ARGV[1]  worker\nlocal a = 1";
    private const string Open = "-- KEYS[1]  q  LIST\n-- KEYS[2…] more\n-- ARGV[1]  worker\n-- ARGV[2…] envelopes\nlocal a = 1";

    [TestCase(Fixed, 1, 1)]
    [TestCase(Fixed, 2, 1)]
    [TestCase(Open, 1, 1)]
    [TestCase(Open, 9, 9)]
    public void A_call_as_declared_is_taken(string text, int keys, int arguments) =>
        Assert.That(ScriptHeader.Read("a.lua", text).Refuses(keys, arguments), Is.Null);

    [TestCase(Fixed, 0, 1, "a.lua declares 1 to 2 keys and 1 arguments, and is called with 0 and 1.")]
    [TestCase(Fixed, 3, 1, "a.lua declares 1 to 2 keys and 1 arguments, and is called with 3 and 1.")]
    [TestCase(Fixed, 1, 2, "a.lua declares 1 to 2 keys and 1 arguments, and is called with 1 and 2.")]
    [TestCase(Open, 1, 0, "a.lua declares 1 or more keys and 1 or more arguments, and is called with 1 and 0.")]
    public void Any_other_is_refused_with_what_is_declared(string text, int keys, int arguments, string problem) =>
        Assert.That(ScriptHeader.Read("a.lua", text).Refuses(keys, arguments), Is.EqualTo(problem));
}
