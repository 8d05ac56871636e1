using System.Reflection;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Scheduler;
using Dashtam.Jobs.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What was written and never registered has no effect, and nobody says so: here it has a name.</summary>
[Category("Unit")]
internal sealed class RegistrationTests
{
    private static readonly LocalMode Deployed = new(EmbedsRedis: false, EmbedsDatabase: false, RedisPort: 6381);

    /// <summary>What the web host gives to both processes.</summary>
    private static readonly Type[] OfTheHost = [typeof(ILogger<>), typeof(IOptions<>), typeof(IConfiguration), typeof(IHostEnvironment)];

    [Test]
    public void Every_class_with_a_setting_is_bound_by_a_process()
    {
        var bound = Services.Select(service => service.ServiceType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConfigureOptions<>))
            .Select(type => type.GetGenericArguments()[0])
            .ToHashSet();

        var forgotten = OurCode.Types
            .Where(type => Array.Exists(type.GetProperties(), property => property.IsDefined(typeof(SettingAttribute))))
            .Where(type => type != typeof(HttpOptions)) // read before there are services
            .Where(type => !bound.Contains(type))
            .Select(type => $"{type}: nothing reads its variables. Below Dashtam.Jobs.Core.Tasks a class with [Setting] is found; "
                + $"elsewhere call services.AddSettings<{type.Name}>() where the concept is registered.");

        Assert.That(string.Join('\n', forgotten), Is.Empty);
    }

    [TestCaseSource(typeof(JobTests), nameof(JobTests.Names))]
    public void A_job_s_constructor_takes_what_the_worker_registers(string name)
    {
        var registered = Worker.Select(service => service.ServiceType).Concat(OfTheHost).ToHashSet();
        var handler = JobTests.Job(name).HandlerType;

        var unknown = handler.GetConstructors().Single().GetParameters()
            .Select(parameter => parameter.ParameterType)
            .Where(type => !registered.Contains(type) && !(type.IsGenericType && registered.Contains(type.GetGenericTypeDefinition())))
            .Select(type => $"{handler.Name} takes {type}, which no part of the worker registers. A query is found when its class takes "
                + "DatabaseReader and lies in Infrastructure/Database; anything else is registered where its concept is.");

        Assert.That(string.Join('\n', unknown), Is.Empty);
    }

    [Test]
    public void Every_variable_that_overrides_a_schedule_is_read_from_the_environment()
    {
        var variables = OurCode.Types.Select(type => type.GetCustomAttribute<JobAttribute>()?.ScheduleSetting).OfType<string>().ToList();

        Assert.That(variables, Is.Not.Empty.And.SubsetOf(new KnownSettings().Names));
        Assert.That(variables.Where(name => !OwnVariables.IsOwn(name)), Is.Empty, "add the name's beginning to OwnVariables.Prefixes");
    }

    private static IServiceCollection Worker => new ServiceCollection().AddWorker(Deployed, Port());

    private static IEnumerable<ServiceDescriptor> Services =>
        Worker.Concat(new ServiceCollection().AddSingleton(TimeProvider.System).AddScheduler(Deployed, Port()));

    // Opens no socket.
    private static HttpPort Port() => HttpPort.Choose(new ConfigurationBuilder().Build(), WorkerHost.DefaultPort, mayFallOver: false);
}
