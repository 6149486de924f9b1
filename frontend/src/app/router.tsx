import { createBrowserRouter, Navigate } from 'react-router';

import { Broken } from './broken';
import { Gate } from './gate';
import { NotFound } from './not-found';
import { Shell } from './shell';

/* Each page is a chunk of its own, so bpmn-js loads with the first diagram. */
export function newRouter() {
  return createBrowserRouter([
    {
      element: <Gate />,
      errorElement: <Broken />,
      hydrateFallbackElement: <></>,
      children: [
        {
          element: <Shell />,
          children: [
            {
              errorElement: <Broken />,
              children: [
                { index: true, element: <Navigate to="/definitions" replace /> },
                { path: 'definitions', lazy: () => import('../features/definitions/list-page') },
                {
                  path: 'definitions/:ref',
                  lazy: () => import('../features/definitions/definition-page'),
                },
                { path: 'instances', lazy: () => import('../features/instances/list-page') },
                {
                  path: 'instances/:id',
                  lazy: () => import('../features/instances/instance-page'),
                },
                {
                  path: 'tasks',
                  lazy: () => import('../features/tasks/list-page'),
                  children: [{ path: ':id', lazy: () => import('../features/tasks/task-page') }],
                },
                { path: 'incidents', lazy: () => import('../features/incidents/list-page') },
                { path: '*', element: <NotFound /> },
              ],
            },
          ],
        },
      ],
    },
  ]);
}
