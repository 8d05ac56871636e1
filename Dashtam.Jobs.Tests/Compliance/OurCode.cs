using System.Reflection;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Worker.Fetching;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What the tests of this folder look through.</summary>
internal static class OurCode
{
    private const BindingFlags EveryMethod = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public
        | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] Assemblies =
        [typeof(JobCatalog).Assembly, typeof(ScheduleCatalog).Assembly, typeof(QueuePump).Assembly];

    /// <summary>Every type of Core, scheduler and worker.</summary>
    public static IEnumerable<Type> Types => Assemblies.SelectMany(assembly => assembly.GetTypes());

    /// <summary>Every message that they log.</summary>
    public static IEnumerable<LoggerMessageAttribute> LogMessages => Types
        .SelectMany(type => type.GetMethods(EveryMethod))
        .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
        .OfType<LoggerMessageAttribute>();
}
