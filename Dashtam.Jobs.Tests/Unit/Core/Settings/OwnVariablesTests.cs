using System.Reflection;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Scheduler;
using Dashtam.Jobs.Worker;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Settings;

[Category("Unit")]
internal sealed class OwnVariablesTests
{
    private static readonly Type[] Processes = [typeof(OwnVariables), typeof(WorkerHost), typeof(SchedulerHost)];

    [Test]
    public void Every_setting_is_one_of_them()
    {
        var settings = Processes
            .SelectMany(type => type.Assembly.GetTypes())
            .SelectMany(type => type.GetProperties())
            .Select(property => property.GetCustomAttribute<SettingAttribute>()?.Name)
            .OfType<string>()
            .ToList();

        Assert.That(settings, Has.Count.GreaterThan(30));
        Assert.That(settings.Where(name => !OwnVariables.IsOwn(name)), Is.Empty, "add the name's beginning to OwnVariables.Prefixes");
    }

    [TestCase("URLS")]
    [TestCase("HTTP_PORTS")]
    [TestCase("HTTPS_PORTS")]
    [TestCase("AllowedHosts")]
    [TestCase("PREFERHOSTINGURLS")]
    [TestCase("SERVICESSTARTCONCURRENTLY")]
    [TestCase("SHUTDOWNTIMEOUTSECONDS")]
    [TestCase("FORWARDEDHEADERS_ENABLED")]
    [TestCase("Kestrel__Endpoints__Other__Url")]
    [TestCase("Logging__LogLevel__Default")]
    [TestCase("ASPNETCORE_URLS")]
    [TestCase("DOTNET_URLS")]
    public void What_the_web_host_would_obey_is_none_of_them(string name) => Assert.That(OwnVariables.IsOwn(name), Is.False);
}
