using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Queue.Producing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue.Producing;

[Category("Unit")]
internal sealed class DurabilityTests
{
    [TestCase("MEMORY")]
    [TestCase("FSYNCED")]
    [TestCase("REPLICATED:1")]
    [TestCase("REPLICATED:99")]
    public void It_is_read_as_it_is_written(string text)
    {
        Assert.That(Durability.TryParse(text, out var durability), Is.True);
        Assert.That(durability.ToString(), Is.EqualTo(text));
    }

    [TestCase("")]
    [TestCase(null)]
    [TestCase("REPLICATED")]
    [TestCase("REPLICATED:0")]
    [TestCase("REPLICATED:100")]
    [TestCase("REPLICATED:-1")]
    public void Anything_else_is_refused(string? text) => Assert.That(Durability.TryParse(text, out _), Is.False);

    [TestCase("replicated:2", true)]
    [TestCase("FSYNCED", true)]
    [TestCase("REPLICATED:0", false)]
    [TestCase("REPLICATED:1000", false)]
    [TestCase("FSYNCED,MEMORY", false)]
    public void The_setting_for_schedules_allows_what_can_be_read(string text, bool allowed)
    {
        var rule = typeof(DurabilityOptions).GetProperty(nameof(DurabilityOptions.Schedules))!
            .GetCustomAttributes(typeof(RegularExpressionAttribute), inherit: false).Cast<ValidationAttribute>().Single();

        Assert.That(rule.IsValid(text), Is.EqualTo(allowed));
        Assert.That(Durability.TryParse(text, out _), Is.EqualTo(allowed));
    }

    [Test]
    public void Memory_is_what_nobody_has_to_ask_for() =>
        Assert.That(new EnqueueOptions().Durability, Is.EqualTo(Durability.Memory));
}
