using System.Reflection;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Settings;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Redis;

[Category("Unit")]
internal sealed class NativeOptionsTests
{
    /// <summary>Values of options that take neither a number nor true or false.</summary>
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["name"] = "mine",
        ["version"] = "7.0",
        ["protocol"] = "resp3",
        ["sslProtocols"] = "tls12",
        ["defaultDatabase"] = "1",
    };

    private static readonly string[] Numbers =
    [
        "asyncTimeout", "syncTimeout", "responseTimeout", "connectTimeout", "connectRetry", "keepAlive", "configCheckSeconds",
        "topologyRefreshSeconds", "writeBuffer",
    ];

    /// <summary>All that the library knows, whichever version of it is installed.</summary>
    public static IEnumerable<string> OfLibrary =>
        typeof(ConfigurationOptions).GetNestedType("OptionKeys", BindingFlags.NonPublic)!
            .GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(constant => constant.IsLiteral)
            .Select(constant => (string)constant.GetRawConstantValue()!);

    [Test]
    public void The_table_has_each_option_of_the_library_and_no_other() =>
        Assert.That(NativeOptions.Known.Keys, Is.EquivalentTo(OfLibrary));

    [TestCaseSource(nameof(OfLibrary))]
    public void An_option_is_taken_or_refused_by_name(string option)
    {
        var value = Values.GetValueOrDefault(option) ?? (Numbers.Contains(option) ? "5" : "true");
        ConfigurationOptions Parse() => RedisUrl.Parse("REDIS_URL", $"cache:6379,password=hunter2,{option}={value}", "jobs-worker");

        if (NativeOptions.Known[option] is { } reason)
        {
            Assert.That(Parse, Throws.InstanceOf<InvalidSettingException>()
                .With.Message.Contains(option).And.Message.Contains(reason).And.Message.Not.Contains("hunter2"));
        }
        else
        {
            Assert.That(Parse, Throws.Nothing);
        }
    }

    [TestCase("channelPrefix")]
    [TestCase("configChannel")]
    [TestCase("proxy")]
    [TestCase("tunnel")]
    public void What_renames_on_the_wire_or_stands_between_is_refused(string option) =>
        Assert.That(NativeOptions.Known[option], Is.Not.Null);

    [TestCase("$CLIENT=")]
    [TestCase("$EVALSHA=OTHER")]
    [TestCase("CHANNELPREFIX=x")]
    public void Commands_cannot_be_mapped_and_the_case_of_an_option_does_not_matter(string option) => Assert.That(
        () => RedisUrl.Parse("REDIS_URL", $"cache:6379,{option}", "jobs-worker"),
        Throws.InstanceOf<InvalidSettingException>().With.Message.Contains("not allowed"));
}
