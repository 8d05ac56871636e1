using System.Reflection;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Docs.Reference;

/// <summary>Every key of a queue, from <see cref="QueueKeys"/>.</summary>
internal static class KeysPage
{
    private const string Queue = "dashtam:jobs";

    public static string Write()
    {
        var docs = XmlDocs.Of(typeof(QueueKeys).Assembly);
        var keys = new QueueKeys(Options.Create(new QueueOptions { Name = Queue }));
        var fixedNames = new MarkdownTable("key", "what");
        var oneForEach = new MarkdownTable("key", "what");
        var names = typeof(QueueKeys).GetProperties().Where(IsKey)
            .ToDictionary(property => property, property => $"`{Shown($"{property.GetValue(keys)}")}`");
        foreach (var (property, name) in names)
        {
            // A comment names another key as code does; a reader knows it by the name that it has in Redis.
            _ = fixedNames.Add(name, names.Aggregate(
                docs.Summary(property), (what, other) => what.Replace($"`{other.Key.Name}`", other.Value, StringComparison.Ordinal)));
        }

        foreach (var method in typeof(QueueKeys).GetMethods().Where(IsKey))
        {
            var value = $"{method.Invoke(keys, [$"<{method.GetParameters()[0].Name}>"])}";
            _ = oneForEach.Add($"`{Shown(value)}`", docs.Summary(method));
        }

        return $"""
            # Keys in Redis

            All keys of one queue; `{"{q}"}` stands for its name in braces, so for `{"{" + Queue + "}"}` unless `JOBS_QUEUE_NAME` says otherwise. The braces are a
            Redis Cluster hash tag: the plain name and the tagged keys hash to one slot, and one script may touch them all.
            Each row says the type of the key, what it holds, and what bounds it. [fsck](fsck.md) checks the keys against these rules.

            ## One of each

            {fixedNames}
            ## One for each job, worker or schedule

            {oneForEach}
            """;
    }

    private static string Shown(string key) => key.Replace("{" + Queue + "}", "{q}", StringComparison.Ordinal);

    private static bool IsKey(PropertyInfo property) =>
        property.PropertyType == typeof(RedisKey) || property.Name == nameof(QueueKeys.WakeChannel);

    private static bool IsKey(MethodInfo method) =>
        method is { IsSpecialName: false, IsStatic: false } && method.ReturnType == typeof(RedisKey) && method.GetParameters().Length == 1;
}
