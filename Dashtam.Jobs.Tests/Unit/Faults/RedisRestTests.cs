using Dashtam.Jobs.Faults.Lab;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Faults;

[Category("Unit")]
internal sealed class RedisRestTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [TestCase("0", 0.0, ExpectedResult = null)]
    [TestCase("0", -1.5, ExpectedResult = null, Description = "what the answer took, and the second that Redis goes on with")]
    [TestCase("1", 0.0, ExpectedResult = "it still closes connections that are idle for 1 s")]
    [TestCase("0", 38.0, ExpectedResult = "its clock is still off by 38 s")]
    [TestCase("0", -12.0, ExpectedResult = "its clock is still off by -12 s")]
    public string? What_is_left_of_the_faults_is_named(string timeout, double secondsOff) =>
        RedisRest.Left(timeout, Now.UtcDateTime.AddSeconds(secondsOff), Now);
}
